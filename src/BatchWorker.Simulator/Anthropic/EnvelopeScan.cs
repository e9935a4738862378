using System.Text.Json;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Anthropic;

/// <summary>Finds the requests in the body of a create call of any size; memory is that of the longest string in it.</summary>
internal sealed class EnvelopeScan(int maxRequests)
{
    private const string Requests = "requests";
    private readonly List<ItemPlace> _places = [];
    private byte[] _buffer = new byte[64 * 1024];
    private int _end;
    private long _origin;
    private long _start;
    private int _count;
    private string? _member;
    private JsonTokenType _root;
    private JsonTokenType _list;
    private string? _unknown;

    /// <summary>The first so many requests.</summary>
    public IReadOnlyList<ItemPlace> Places => _places;

    /// <summary>What is wrong around the requests; null for nothing. In words of the API's own validation, as seen in anthropics/anthropic-sdk-python#984.</summary>
    public string? Refusal => this switch
    {
        { _root: not JsonTokenType.StartObject } => "Input should be a valid dictionary or object to extract fields from",
        { _unknown: { } name } => $"{name}: Extra inputs are not permitted",
        { _list: JsonTokenType.None } => $"{Requests}: Field required",
        { _list: not JsonTokenType.StartArray } => $"{Requests}: Input should be a valid list",
        { _count: 0 } => $"{Requests}: List should have at least 1 item after validation, not 0",
        { _count: var count } when count > maxRequests => $"{Requests}: List should have at most {maxRequests} items after validation, not {count}",
        _ => null,
    };

    /// <exception cref="JsonException">It is no JSON.</exception>
    public void Run(Stream stream)
    {
        var state = new JsonReaderState(WireJson.Reading);
        for (var isFinal = false; !isFinal;)
        {
            var read = stream.Read(_buffer, _end, _buffer.Length - _end);
            isFinal = read == 0;
            _end += read;
            var reader = new Utf8JsonReader(_buffer.AsSpan(0, _end), isFinal, state);
            while (reader.Read())
            {
                See(ref reader);
            }
            state = reader.CurrentState;
            Drop((int)reader.BytesConsumed);
        }
    }

    private void Drop(int consumed)
    {
        _buffer.AsSpan(consumed, _end - consumed).CopyTo(_buffer);
        _end -= consumed;
        _origin += consumed;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }

    private void See(ref Utf8JsonReader reader)
    {
        switch (reader.CurrentDepth)
        {
            case 0 when _root == JsonTokenType.None:
                _root = reader.TokenType;
                break;
            case 1 when reader.TokenType == JsonTokenType.PropertyName:
                SeeMember(reader.GetString()!);
                break;
            case 1 when _member == Requests && reader.TokenType != JsonTokenType.EndArray:
                _list = reader.TokenType;
                break;
            case 2 when _member == Requests && _list == JsonTokenType.StartArray:
                SeeRequest(ref reader);
                break;
        }
    }

    private void SeeMember(string name)
    {
        _member = name;
        if (name != Requests)
        {
            _unknown ??= name;
        }
    }

    private void SeeRequest(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
        {
            _start = _origin + reader.TokenStartIndex;
        }
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return;
        }
        _count++;
        if (_count <= maxRequests)
        {
            _places.Add(new ItemPlace(_start, (int)(_origin + reader.BytesConsumed - _start)));
        }
    }
}
