using System.Text.Json;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Answers;

/// <summary>
/// Reads the prompt out of a request body without building it. Text is what stands under a member of the body that holds prompts,
/// as such or as a <c>content</c> or <c>text</c> member.
/// </summary>
internal ref struct PromptReader(ReadOnlySpan<byte> json, Predicate<string> isPrompt)
{
    private Utf8JsonReader _reader = new(json, WireJson.Reading);
    private int _chars;
    private int _numbers;
    private int _inputs;
    private bool _numbersOnTop;

    /// <param name="json">A JSON object, valid UTF-8.</param>
    /// <param name="isPrompt">Which members of the body hold prompts.</param>
    public static Prompt Read(ReadOnlySpan<byte> json, Predicate<string> isPrompt) => new PromptReader(json, isPrompt).Read();

    private Prompt Read()
    {
        string? model = null;
        int? dimensions = null;
        var base64 = false;
        var stream = false;
        _reader.Read();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (_reader.GetString())
            {
                case "model":
                    model = NextString();
                    break;
                case "dimensions":
                    dimensions = _reader.Read() && _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var value) ? value : null;
                    break;
                case "encoding_format":
                    base64 = NextString() == "base64";
                    break;
                case "stream":
                    stream = _reader.Read() && _reader.TokenType == JsonTokenType.True;
                    break;
                case { } name when isPrompt(name):
                    ReadPrompt();
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
        return new Prompt
        {
            Model = model,
            Chars = _chars,
            NumberTokens = _numbers,
            Inputs = _numbersOnTop ? 1 : _inputs,
            Dimensions = dimensions,
            Base64 = base64,
            Stream = stream,
        };
    }

    private string? NextString()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.String)
        {
            return _reader.GetString();
        }
        _reader.Skip();
        return null;
    }

    private void ReadPrompt()
    {
        _reader.Read();
        _inputs = 0;
        _numbersOnTop = false;
        var top = _reader.CurrentDepth;
        var isText = true;
        do
        {
            if (_reader.TokenType == JsonTokenType.PropertyName)
            {
                isText = _reader.ValueTextEquals("content"u8) || _reader.ValueTextEquals("text"u8);
            }
            else
            {
                Count(isText, _reader.CurrentDepth - top);
            }
        }
        while (!(_reader.CurrentDepth == top && IsValueEnd(_reader.TokenType)) && _reader.Read());
    }

    private void Count(bool isText, int depth)
    {
        var isInput = depth switch
        {
            0 => _reader.TokenType == JsonTokenType.String,
            1 => _reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray),
            _ => false,
        };
        _inputs += isInput ? 1 : 0;
        if (_reader.TokenType == JsonTokenType.String && isText)
        {
            _chars += TextLength.Of(_reader.ValueSpan);
        }
        else if (_reader.TokenType == JsonTokenType.Number && isText)
        {
            _numbers++;
            _numbersOnTop |= depth == 1;
        }
    }

    private static bool IsValueEnd(JsonTokenType type) => type is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
}
