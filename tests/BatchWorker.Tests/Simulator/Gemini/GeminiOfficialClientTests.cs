using System.Text.Json;
using BatchWorker.Simulator;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Gemini;

namespace BatchWorker.Tests.Simulator.Gemini;

/// <summary>Google's client for Node, which was written by other people from better knowledge, understands the simulator. Skipped where it cannot be had.</summary>
internal sealed class GeminiOfficialClientTests
{
    private readonly Dictionary<string, JsonElement> _said = [];
    private string? _missing;
    private string[] _results = [];

    [OneTimeSetUp]
    public async Task Run()
    {
        using var client = new OfficialNodeClient();
        _missing = await client.InstallAsync();
        if (_missing is not null)
        {
            return;
        }
        // Whoever looks sees everything done, but for the batch that is to be cancelled
        await using var host = await SimulatorHost.StartAsync(new SimulatorOptions { Gemini = new GeminiSettings { Phases = GeminiPhases.All(0) } });
        host.Faults.Batches.Add(new BatchFate { Nth = 4, Phases = new() { ["pending"] = 3_600 } });
        var download = Path.Combine(client.Directory.FullName, "results.jsonl");
        var (exitCode, output) = await client.RunScriptAsync(("GEMINI_API_KEY", SimulatedGemini.Key), ("GEMINI_BASE_URL", $"{host.GeminiBaseUrl}"), ("DOWNLOAD", download));
        Assert.That(exitCode, Is.Zero, output);
        foreach (var line in output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonElement.Parse(line)))
        {
            _said.Add(line.GetProperty("what").GetString()!, line.GetProperty("value"));
        }
        _results = await File.ReadAllLinesAsync(download);
    }

    [Test]
    public void It_uploads_in_chunks_and_finds_its_file_again()
    {
        var file = Said("file");
        Assert.That((Text(file, "name"), Text(file, "displayName"), Text(file, "state")), Is.EqualTo(("files/bw-input", "input", "ACTIVE")));
        Assert.That(long.Parse(Text(file, "sizeBytes")!, System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThan(12 << 20));
        Assert.That(Said("file again").ToString(), Is.EqualTo(file.ToString()));
    }

    [Test]
    public void It_takes_a_batch_to_its_answers()
    {
        Assert.That((Text(Said("created"), "displayName"), Text(Said("created"), "state"), Text(Said("created"), "model")), Is.EqualTo(("bw:1", "JOB_STATE_PENDING", "models/gemini-2.5-flash")));
        Assert.That((Text(Said("done"), "name"), Text(Said("done"), "state")), Is.EqualTo((Text(Said("created"), "name"), "JOB_STATE_SUCCEEDED")));
        var answers = _results.Select(line => JsonElement.Parse(line)).ToDictionary(line => SimulatedGemini.KeyOf(line)!, SimulatedGemini.Text);
        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "job-0", "job-1", "job-2" }));
        Assert.That(answers.Select(answer => answer.Value.Contains($"\"mk-{answer.Key}\"", StringComparison.Ordinal)), Is.All.True);
    }

    [Test]
    public void It_cannot_get_a_file_of_results() =>
        Assert.That(Said("get of results").ToString(), Is.EqualTo("""{"status":400,"message":"* GetFileRequest.name: File ID cannot be more than 40 characters."}"""));

    [Test]
    public void It_finds_answers_inside_a_batch()
    {
        var answer = Said("inside").GetProperty("inlinedResponses").EnumerateArray().Single();
        Assert.That(answer.GetProperty("metadata").GetProperty("key").GetString(), Is.EqualTo("k"));
        Assert.That(SimulatedGemini.Text(answer), Does.Contain("\"mk-inside\""));
        var embeddings = Said("embedded").GetProperty("inlinedEmbedContentResponses").EnumerateArray();
        Assert.That(embeddings.Select(item => item.GetProperty("response").GetProperty("embedding").GetProperty("values").GetArrayLength()), Is.EqualTo(new[] { 3, 3 }));
    }

    [Test]
    public void It_cancels_lists_and_deletes()
    {
        Assert.That(Text(Said("cancelled"), "state"), Is.EqualTo("JOB_STATE_CANCELLED"));
        Assert.That(Said("listed").EnumerateArray().Select(job => job.GetString()), Is.EqualTo(new[] { "slow JOB_STATE_CANCELLED", "bw:3 JOB_STATE_SUCCEEDED", "bw:2 JOB_STATE_SUCCEEDED", "bw:1 JOB_STATE_SUCCEEDED" }));
        Assert.That(Said("files left").GetArrayLength(), Is.Zero);
    }

    [Test]
    public void It_reads_the_refusal_of_a_wrong_key() => Assert.That(Said("stranger").GetProperty("status").GetInt32(), Is.EqualTo(400));

    private JsonElement Said(string what)
    {
        if (_missing is not null)
        {
            Assert.Ignore(_missing);
        }
        return _said[what];
    }

    private static string? Text(JsonElement thing, string member) => thing.GetProperty(member).GetString();
}
