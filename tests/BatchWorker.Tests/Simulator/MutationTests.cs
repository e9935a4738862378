using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BatchWorker.Simulator.Faults;
using static BatchWorker.Tests.Simulator.SimulatedOpenAi;

namespace BatchWorker.Tests.Simulator;

internal sealed class MutationTests
{
    private SimulatedOpenAi _openAi = null!;

    [SetUp]
    public async Task Start() => _openAi = await StartAsync();

    [TearDown]
    public async Task Stop() => await _openAi.DisposeAsync();

    [Test]
    public async Task Corrupt_and_truncated_lines_are_no_json()
    {
        foreach (var kind in new[] { "corrupt", "truncate" })
        {
            var lines = await MutatedAsync(kind, 2);
            Assert.That((lines.Count, lines.Count(IsObject)), Is.EqualTo((10, 8)), kind);
        }
    }

    [Test]
    public async Task Missing_lines_are_in_no_file() => Assert.That((await MutatedAsync("missing", 3)).Count, Is.EqualTo(7));

    [Test]
    public async Task A_duplicate_line_is_there_twice()
    {
        var lines = await MutatedAsync("duplicate", 1);
        Assert.That((lines.Count, lines.DistinctBy(Encoding.UTF8.GetString).Count()), Is.EqualTo((11, 10)));
    }

    [Test]
    public async Task An_unknown_id_takes_the_place_of_a_known_one()
    {
        var ids = (await MutatedAsync("unknown_id", 1)).Select(line => CustomId(JsonDocument.Parse(line).RootElement)).ToList();
        Assert.That(ids.Count(id => id.StartsWith("unknown-job-", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(ids, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task Invalid_utf8_is_no_text()
    {
        var lines = await MutatedAsync("invalid_utf8", 1);
        Assert.That((lines.Count, lines.Count(line => !Utf8.IsValid(line))), Is.EqualTo((10, 1)));
    }

    [Test]
    public async Task A_blank_line_stands_between()
    {
        var lines = await MutatedAsync("blank", 1);
        Assert.That((lines.Count, lines.Count(line => line.Length == 0), lines.Count(IsObject)), Is.EqualTo((11, 1, 10)));
    }

    [Test]
    public async Task A_line_can_be_json_and_no_object()
    {
        var lines = await MutatedAsync("not_object", 1);
        Assert.That((lines.Count, lines.Count(IsObject)), Is.EqualTo((10, 9)));
        Assert.That(lines.Where(line => !IsObject(line)).Select(line => JsonDocument.Parse(line).RootElement.ValueKind), Is.EqualTo(new[] { JsonValueKind.Array }));
    }

    [Test]
    public async Task An_oversized_line_is_one_long_object()
    {
        _openAi.Host.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.Oversized, Bytes = 10_000 });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)));
        var padded = (await _openAi.ResultsAsync(batch)).Where(line => line.TryGetProperty("padding", out _)).ToList();
        Assert.That(padded.Single().GetProperty("padding").GetString(), Has.Length.EqualTo(10_000));
    }

    [Test]
    public async Task The_damaged_line_can_be_chosen_and_what_was_paid_stays_paid()
    {
        _openAi.Host.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.Missing, CustomId = "job-4" });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(10)));
        Assert.That((await _openAi.ResultsAsync(batch)).Select(CustomId), Is.EquivalentTo(Enumerable.Range(0, 10).Where(i => i != 4).Select(i => $"job-{i}")));
        Assert.That(_openAi.Host.Ledger.Summary().PaidItems, Is.EqualTo(10));
    }

    [Test]
    public async Task The_file_of_failures_can_be_damaged_too()
    {
        _openAi.Host.Faults.Items.Add(new ItemFate { CustomId = "job-1" });
        _openAi.Host.Faults.Mutations.Add(new LineMutation { Kind = LineDamage.NotObject, ErrorFile = true });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(3)));
        Assert.That(await _openAi.LinesAsync(batch, "error_file_id"), Is.EqualTo(new[] { "[\"not an object\"]" }));
        Assert.That(await _openAi.ResultsAsync(batch), Has.Length.EqualTo(2));
    }

    private async Task<List<byte[]>> MutatedAsync(string kind, int lines)
    {
        await _openAi.ControlAsync("mutations", new { kind, lines, count = 1 });
        var batch = await _openAi.FinishedAsync(await _openAi.SubmitAsync(Lines(10)));
        var bytes = await _openAi.Http.GetByteArrayAsync($"openai/v1/files/{batch.GetProperty("output_file_id").GetString()}/content");
        return Split(bytes);
    }

    private static List<byte[]> Split(ReadOnlySpan<byte> bytes)
    {
        List<byte[]> lines = [];
        foreach (var range in bytes[..^1].Split((byte)'\n'))
        {
            lines.Add(bytes[range].ToArray());
        }
        return lines;
    }

    private static bool IsObject(byte[] line)
    {
        try
        {
            return JsonDocument.Parse(line).RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
