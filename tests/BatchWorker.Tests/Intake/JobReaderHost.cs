using System.Text;
using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;
using BatchWorker.Tests.Flow;
using Microsoft.Extensions.Time.Testing;

namespace BatchWorker.Tests.Intake;

/// <summary>Reads jobs as intake does, without a ledger. Only OpenAI has a key, or every provider.</summary>
internal sealed class JobReaderHost
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly JobReader _reader;

    public JobReaderHost(IntakeOptions? options = null, BatchLimits? limits = null, bool all = false)
    {
        var time = new FakeTimeProvider(Now);
        var models = (all ? ProviderNames.All : [Provider.OpenAi]).Select(name => new ModelProvider(time) { Name = name }).ToArray();
        foreach (var model in models)
        {
            model.Limits = limits ?? model.Limits;
        }
        _reader = new JobReader(options ?? new IntakeOptions(), new ProviderSet(models), time);
    }

    /// <summary>A job of a type and provider with only this data.</summary>
    public static string JobOf(string jobType, string provider, string data, string more = "") =>
        $$"""{"job_type":"{{jobType}}","provider":"{{provider}}","data":{{data}}{{(more.Length > 0 ? "," + more : "")}}}""";

    /// <summary>A job that is accepted, with members added; <paramref name="data"/> replaces its request.</summary>
    public static string Job(string more = "", string data = """{"model":"gpt-4o","messages":[]}""") =>
        $$"""{"job_type":"creative_scoring","provider":"openai","data":{{data}}{{(more.Length > 0 ? "," + more : "")}}}""";

    public JobReading Read(string job, string owner = "", string? givenKey = null)
    {
        if (!StrictJson.TryParse(Encoding.UTF8.GetBytes(job), 0, out var document, out var error))
        {
            return JobReading.Refused(error);
        }
        using (document)
        {
            return _reader.Read(document.RootElement, owner, givenKey);
        }
    }

    public JobReading Read(JsonElement job) => _reader.Read(job, "", null);

    public NewJob Accept(string job, string owner = "", string? givenKey = null)
    {
        var reading = Read(job, owner, givenKey);
        Assert.That(reading.Errors, Is.Empty);
        return reading.Job!;
    }

    /// <summary>Pointers to all that is wrong with a job.</summary>
    public string[] Refuse(string job)
    {
        var reading = Read(job);
        Assert.That(reading.Job, Is.Null, "it was accepted");
        Assert.That(reading.Errors.Select(error => error.Detail), Has.All.Not.Empty);
        return [.. reading.Errors.Select(error => error.Pointer)];
    }

    public Lane LaneOf(string data, string more = "") => Accept(Job(more, data)).Lane;
}
