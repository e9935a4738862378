using System.Text;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Engine;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>What the validation of an input file finds.</summary>
internal sealed record ValidatedInput(int Requests, string? Model, long Tokens, IReadOnlyList<LineError> Errors);

/// <summary>Checks an input file line by line, as the Batch API does after a batch was created.</summary>
internal static class InputValidation
{
    private const int MostRequests = 50_000;
    private const int MostInputs = 50_000;

    public static ValidatedInput Run(SimulatedBatch batch, Fates fates, int mostErrors)
    {
        var errors = new List<LineError>();
        var ids = new HashSet<ulong>();
        string? model = null;
        var requests = 0;
        long tokens = 0;
        long inputs = 0;
        foreach (var (number, line) in LinesOf(batch.Input.Path))
        {
            requests++;
            var request = RequestLine.Parse(line);
            model ??= request?.Model;
            tokens += request?.InputTokens ?? 0;
            inputs += request?.Inputs ?? 0;
            if (Check(batch, request, model, ids, fates, number) is { } error && errors.Count < mostErrors)
            {
                errors.Add(error);
            }
        }
        if (requests == 0)
        {
            errors.Add(new LineError("empty_file", null, "The input file is empty."));
        }
        if (requests > MostRequests)
        {
            errors.Insert(0, new LineError("too_many_tasks", null, $"The file has {requests} requests, the limit is {MostRequests}."));
        }
        if (batch.Endpoint == "/v1/embeddings" && inputs > MostInputs)
        {
            errors.Insert(0, new LineError("too_many_inputs", null, $"The file has {inputs} embedding inputs, the limit is {MostInputs}."));
        }
        return new ValidatedInput(requests, model, tokens, errors);
    }

    /// <summary>Lines with their number from 1; an empty last line is none.</summary>
    public static IEnumerable<(int Number, byte[] Line)> LinesOf(string path)
    {
        using var reader = new StreamReader(path, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
        var number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            if (line.Length > 0)
            {
                yield return (number, Encoding.Latin1.GetBytes(line));
            }
        }
    }

    private static LineError? Check(SimulatedBatch batch, RequestLine? request, string? model, HashSet<ulong> ids, Fates fates, int number)
    {
        if (request is null)
        {
            return new LineError("invalid_json_line", number, "This line is not parseable as valid JSON.");
        }
        if (request.CustomId is not { Length: > 0 } id)
        {
            return new LineError("missing_custom_id", number, "The line has no custom_id.");
        }
        if (!ids.Add(StableHash.Of(id)))
        {
            return new LineError("duplicate_custom_id", number, "The custom_id occurs more than once.");
        }
        if (request.Method != "POST" || request.Url != batch.Endpoint)
        {
            return new LineError("url_mismatch", number, "The method is not POST or the url is not the endpoint of the batch.");
        }
        if (request.Model is null || request.Model != model)
        {
            return new LineError("model_mismatch", number, "All requests of a file must name the same model.");
        }
        return fates.Strike(id, request.Marks, validation: true) is { } fate ? new LineError("invalid_request", fate.NoLine ? null : number, "The request was refused by the simulator's configuration.") : null;
    }
}
