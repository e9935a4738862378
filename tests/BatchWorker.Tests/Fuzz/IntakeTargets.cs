using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Intake;

namespace BatchWorker.Tests.Fuzz;

/// <summary>What callers post.</summary>
internal static class IntakeTargets
{
    private const int JobDepth = 32;
    private static readonly JobReaderHost s_reader = new(all: true);

    public static FuzzTarget[] All { get; } =
    [
        new("job", CheckJob, "\"job_type\":\"creative_scoring\"", "\"provider\":\"gemini\"", "\"data\":{}", "\"model\":\"gpt-4o\"", "\"priority\":", "\"metadata\":{", "\"not_before\":\"2026-11-24T02:00:00Z\"", "\"stream\":true", "\"input\":", "\"contents\":[]"),
        new("lines", CheckLines, "\n{\"job_type\":\"", "\n\n", "\r\n"),
    ];

    private static void CheckJob(byte[] body)
    {
        var text = body.AsMemory(body.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0);
        var accepted = StrictJson.TryParse(body, 0, out var document, out var error);
        Assert.That(accepted, Is.EqualTo(IsStrict(text)), "as System.Text.Json has it");
        if (!accepted)
        {
            CheckError(error!);
            return;
        }
        using (document)
        {
            CheckReading(document!.RootElement);
        }
    }

    private static void CheckReading(JsonElement job)
    {
        var reading = s_reader.Read(job);
        Assert.That(reading.Errors, Has.Count.LessThanOrEqualTo(FieldError.Most));
        Assert.That(reading.Job is null, Is.EqualTo(reading.Errors.Count > 0));
        foreach (var error in reading.Errors)
        {
            CheckError(error);
        }
        if (reading.Job is not { } read)
        {
            return;
        }
        using var sent = JsonDocument.Parse(read.Data);
        var data = job.GetProperty("data");
        if (read.Lane.Provider == Provider.OpenAi && data.TryGetProperty("model", out _))
        {
            Assert.That(JsonElement.DeepEquals(sent.RootElement, data), "the data is what was posted");
        }
        Assert.That(StrictJson.Minify(sent.RootElement), Is.EqualTo(read.Data.ToArray()));
        Assert.That(s_reader.Read(job).Job! with { Data = read.Data, Metadata = read.Metadata, Idempotency = read.Idempotency }, Is.EqualTo(read), "read again it is the same");
        Assert.That(RequestCodec.Decode(RequestCodec.Encode(new StoredRequest(read.Data, null)))!.Data.ToArray(), Is.EqualTo(read.Data.ToArray()));
    }

    private static void CheckError(FieldError error)
    {
        Assert.That(error.Pointer, Is.Empty.Or.StartsWith("/"));
        Assert.That(error.Detail, Is.Not.Empty.And.Not.Contain(FuzzTarget.Canary));
    }

    /// <summary>What the framework's own parser takes when it is as strict, and can be read to its last text.</summary>
    private static bool IsStrict(ReadOnlyMemory<byte> text)
    {
        if (!Utf8.IsValid(text.Span))
        {
            return false;
        }
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = JobDepth, AllowDuplicateProperties = false });
            return IsReadable(document.RootElement);
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsReadable(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && IsReadable(member.Value)),
        JsonValueKind.Array => value.EnumerateArray().All(IsReadable),
        JsonValueKind.String => value.GetString() is not null,
        _ => true,
    };

    private static void CheckLines(byte[] body)
    {
        var lines = ReadLinesAsync(body).GetAwaiter().GetResult();
        Assert.That(lines.Select(line => line.Number), Is.EqualTo(Enumerable.Range(1, lines.Count)));
        byte[] joined = [.. lines.SelectMany((line, i) => i == 0 ? line.Bytes!.Value.ToArray() : [(byte)'\n', .. line.Bytes!.Value.ToArray()])];
        Assert.That(joined, Is.EqualTo(body.AsSpan().EndsWith("\n"u8) ? body[..^1] : body));
        foreach (var line in lines.Where(line => !line.IsBlank))
        {
            CheckJob(line.Bytes!.Value.ToArray());
        }
    }

    /// <summary>In packets whose size follows from the body.</summary>
    private static async Task<List<NdjsonLine>> ReadLinesAsync(byte[] body)
    {
        var packet = 1 + (body.Aggregate(0, (sum, next) => sum + next) % 97);
        await using var stream = new MemoryStream(body);
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(MemoryPool<byte>.Shared, packet, 1));
        var reader = new NdjsonLines(pipe);
        var lines = new List<NdjsonLine>();
        while (await reader.ReadAsync(7, 1 << 20, CancellationToken.None) is { Count: > 0 } chunk)
        {
            lines.AddRange(chunk);
        }
        return lines;
    }
}
