using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Batches;
using BatchWorker.Simulator.Faults;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>
/// Validation of an input file. Seen in the wild or documented: <c>invalid_json_line</c>, <c>duplicate_custom_id</c>, <c>empty_file</c>,
/// <c>too_many_tasks</c>, <c>token_limit_exceeded</c>; the other codes are this simulator's reading, an open set for any client.
/// </summary>
internal sealed class InputCheck(string endpoint, OpenAiSettings settings, ItemFates fates)
{
    private readonly List<ItemPlace> _lines = [];
    private readonly HashSet<Fingerprint> _ids = [];
    private readonly List<BatchError> _errors = [];
    private int _inputs;

    public IReadOnlyList<ItemPlace> Lines => _lines;

    /// <summary>Empty for a good file.</summary>
    public IReadOnlyList<BatchError> Errors => _errors;

    /// <summary>Of the first request that names one.</summary>
    public string? Model { get; private set; }

    public long Tokens { get; private set; }

    public void Run(Stream file)
    {
        var scanner = new LineScanner(file);
        while (scanner.Next())
        {
            _lines.Add(new ItemPlace(scanner.Offset, scanner.Length));
            if (_lines.Count <= settings.MaxRequests && Check(scanner.Number, scanner.Line) is { } error && _errors.Count < settings.MaxLineErrors)
            {
                _errors.Add(error);
            }
        }
        if (CheckWhole() is { } whole)
        {
            _errors.Clear();
            _errors.Add(whole);
        }
    }

    private BatchError? CheckWhole() => _lines.Count switch
    {
        0 => new BatchError("empty_file", "The batch input file is empty."),
        var count when count > settings.MaxRequests => new BatchError("too_many_tasks", $"The batch input file contains too many requests. The maximum is {settings.MaxRequests}."),
        _ when endpoint == ResponseBodies.Embeddings && _inputs > settings.MaxEmbeddingInputs =>
            new BatchError("too_many_tasks", $"The batch contains too many embedding inputs. The maximum is {settings.MaxEmbeddingInputs} across all requests."),
        _ => null,
    };

    private BatchError? Check(int number, ReadOnlySpan<byte> bytes)
    {
        if (InputLine.Parse(bytes) is not { } line)
        {
            return new BatchError("invalid_json_line", "This line is not parseable as valid JSON.", number);
        }
        return CheckEnvelope(number, line) ?? CheckBody(number, line) ?? CheckFate(number, line.CustomId!, bytes[line.Body]);
    }

    private BatchError? CheckEnvelope(int number, InputLine line)
    {
        var missing = line.CustomId is null ? "custom_id" : line.Method is null ? "method" : line.Url is null ? "url" : line.HasBody ? null : "body";
        if (missing is not null)
        {
            return new BatchError("missing_required_parameter", $"Missing required parameter: '{missing}'.", number, missing);
        }
        if (!_ids.Add(Fingerprint.Of(line.CustomId!)))
        {
            return new BatchError("duplicate_custom_id", "The custom_id for this request is a duplicate of another request. The custom_id parameter must be unique for each request in a batch.", number, "custom_id");
        }
        if (line.Method != "POST")
        {
            return new BatchError("invalid_method", $"Invalid value: '{line.Method}'. The method must be 'POST'.", number, "method");
        }
        return line.Url == endpoint ? null : new BatchError("invalid_url", "The URL provided for this request does not match the batch endpoint.", number, "url");
    }

    private BatchError? CheckBody(int number, InputLine line)
    {
        var prompt = line.Prompt!;
        if (prompt.Model is null)
        {
            return new BatchError("missing_required_parameter", "Missing required parameter: 'model'.", number, "body.model");
        }
        Model ??= prompt.Model;
        Tokens += prompt.Tokens;
        _inputs += prompt.Inputs;
        return prompt.Model == Model
            ? null
            : new BatchError("mismatched_model", $"The provided model '{prompt.Model}' does not match the expected model '{Model}'. All requests in a batch must use the same model.", number, "body.model");
    }

    private BatchError? CheckFate(int number, string customId, ReadOnlySpan<byte> body) => fates.Validate(OpenAiAccount.Provider, customId, body) is { } fate
        ? new BatchError("invalid_request", fate.Message ?? "The request is invalid.", fate.NoLine ? null : number)
        : null;
}
