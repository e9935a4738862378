using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Http;

namespace BatchWorker.Simulator.Gemini;

/// <summary>
/// Reads a <c>GenerateContentRequest</c> or an <c>EmbedContentRequest</c> without building it. The prompt is every <c>text</c> under
/// <c>contents</c>, <c>content</c> and <c>systemInstruction</c>. Names are lowerCamel or snake_case.
/// </summary>
internal ref struct GeminiRequest(ReadOnlySpan<byte> json)
{
    private readonly List<GeminiMedia> _media = [];
    private Utf8JsonReader _reader = new(json, WireJson.Reading);
    private int _chars;
    private bool _hasSchema;

    /// <param name="json">A JSON object, valid UTF-8.</param>
    public static GeminiPrompt Read(ReadOnlySpan<byte> json) => new GeminiRequest(json).Read();

    private GeminiPrompt Read()
    {
        var hasContents = false;
        var hasContent = false;
        int? dimensions = null;
        _reader.Read();
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            switch (_reader.GetString())
            {
                case "contents":
                    hasContents = ReadContent();
                    break;
                case "content":
                    hasContent = ReadContent();
                    break;
                case "systemInstruction" or "system_instruction":
                    ReadContent();
                    break;
                case "generationConfig" or "generation_config":
                    ReadConfig();
                    break;
                case "outputDimensionality" or "output_dimensionality":
                    dimensions = _reader.Read() && _reader.TokenType == JsonTokenType.Number && _reader.TryGetInt32(out var value) ? value : null;
                    break;
                default:
                    _reader.Skip();
                    break;
            }
        }
        return new GeminiPrompt
        {
            Chars = _chars,
            NumberTokens = _media.Count * GeminiMedia.Tokens,
            Inputs = 1,
            Dimensions = dimensions,
            Media = _media,
            HasContents = hasContents,
            HasContent = hasContent,
            HasJsonSchema = _hasSchema,
        };
    }

    /// <returns>There is something inside.</returns>
    private bool ReadContent()
    {
        var isFilled = false;
        _reader.Read();
        for (var top = _reader.CurrentDepth; !IsEndOf(top);)
        {
            isFilled |= _reader.TokenType == JsonTokenType.PropertyName;
            var isText = _reader.TokenType == JsonTokenType.PropertyName && _reader.ValueTextEquals("text"u8);
            var isMedia = _reader.TokenType == JsonTokenType.PropertyName
                && (_reader.ValueTextEquals("fileData"u8) || _reader.ValueTextEquals("file_data"u8) || _reader.ValueTextEquals("inlineData"u8) || _reader.ValueTextEquals("inline_data"u8));
            _reader.Read();
            if (isText && _reader.TokenType == JsonTokenType.String)
            {
                _chars += TextLength.Of(_reader.ValueSpan);
            }
            else if (isMedia && _reader.TokenType == JsonTokenType.StartObject)
            {
                ReadMedia();
            }
        }
        return isFilled;
    }

    private void ReadMedia()
    {
        string? uri = null;
        string? type = null;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUri = _reader.ValueTextEquals("fileUri"u8) || _reader.ValueTextEquals("file_uri"u8);
            var isType = _reader.ValueTextEquals("mimeType"u8) || _reader.ValueTextEquals("mime_type"u8);
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.String && (isUri || isType))
            {
                (uri, type) = isUri ? (_reader.GetString(), type) : (uri, _reader.GetString());
            }
            _reader.Skip();
        }
        _media.Add(new GeminiMedia(uri, type));
    }

    private void ReadConfig()
    {
        _reader.Read();
        for (var top = _reader.CurrentDepth; !IsEndOf(top); _reader.Read())
        {
            _hasSchema |= _reader.TokenType == JsonTokenType.PropertyName && (_reader.ValueTextEquals("responseJsonSchema"u8) || _reader.ValueTextEquals("response_json_schema"u8));
        }
    }

    private readonly bool IsEndOf(int depth) => _reader.CurrentDepth == depth && _reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray);
}
