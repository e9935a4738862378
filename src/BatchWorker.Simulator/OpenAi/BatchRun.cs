using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BatchWorker.Simulator.Answers;
using BatchWorker.Simulator.Engine;
using BatchWorker.Simulator.Ledger;

namespace BatchWorker.Simulator.OpenAi;

/// <summary>Answers the requests of a batch and writes its files. Nothing of a file is held in memory but its places.</summary>
internal sealed class BatchRun(FileShelf shelf, Fates fates, PaidLedger ledger, int seed)
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="batch">The batch.</param>
    /// <param name="fraction">Part of its requests that were run before it ended.</param>
    /// <param name="restCode">Error code of the others; null when they are left out.</param>
    public void Write(SimulatedBatch batch, double fraction, string? restCode)
    {
        var mutations = fates.StrikeLines();
        using var output = new ResultFile(shelf, batch.Id + "_output.jsonl", seed + (int)batch.Number);
        using var errors = new ResultFile(shelf, batch.Id + "_error.jsonl", seed - (int)batch.Number);
        var most = (int)(batch.Total * fraction);
        var count = 0;
        foreach (var (_, line) in InputValidation.LinesOf(batch.Input.Path))
        {
            var request = RequestLine.Parse(line)!;
            if (count++ < most)
            {
                Run(batch, request, output, errors);
            }
            else if (restCode is not null)
            {
                errors.Add(Line(batch, request, null, [], (restCode, "This request could not be executed before the completion window expired.")));
            }
        }
        batch.Output = output.Finish(mutations);
        batch.ErrorFile = errors.Finish([]);
    }

    private void Run(SimulatedBatch batch, RequestLine request, ResultFile output, ResultFile errors)
    {
        var fate = fates.Strike(request.CustomId!, request.Marks, validation: false);
        if (fate is null)
        {
            var body = AnswerBodies.Of(batch.Endpoint, request);
            ledger.Pay(request.CustomId!);
            batch.Completed++;
            batch.InputTokens += request.InputTokens;
            output.Add(Line(batch, request, 200, body, null));
        }
        else if (fate.Code == "expired")
        {
            errors.Add(Line(batch, request, null, [], ("batch_expired", "This request could not be executed before the completion window expired.")));
        }
        else
        {
            batch.Failed++;
            errors.Add(Line(batch, request, StatusOf(fate.Code), ErrorBody(fate.Code), null));
        }
    }

    private static int StatusOf(string code) => code switch
    {
        "rate_limit" => 429,
        "server_error" => 500,
        "overloaded" => 503,
        _ => 400,
    };

    private static byte[] ErrorBody(string code) => Encoding.UTF8.GetBytes(
        OpenAiJson.Refusal("The simulator was told to answer so.", StatusOf(code) == 400 ? "invalid_request_error" : code, code).ToJsonString());

    private static byte[] Line(SimulatedBatch batch, RequestLine request, int? status, byte[] body, (string Code, string Message)? error)
    {
        var number = StableHash.Of(batch.Id + request.CustomId);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, s_json))
        {
            json.WriteStartObject();
            json.WriteString("id", $"batch_req_{number:x16}");
            json.WriteString("custom_id", request.CustomId);
            if (status is { } known)
            {
                json.WriteStartObject("response");
                json.WriteNumber("status_code", known);
                json.WriteString("request_id", $"req_{number:x16}");
                json.WritePropertyName("body");
                json.WriteRawValue(body, skipInputValidation: true);
                json.WriteEndObject();
            }
            else
            {
                json.WriteNull("response");
            }
            if (error is { } reason)
            {
                json.WriteStartObject("error");
                json.WriteString("code", reason.Code);
                json.WriteString("message", reason.Message);
                json.WriteEndObject();
            }
            else
            {
                json.WriteNull("error");
            }
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }
}
