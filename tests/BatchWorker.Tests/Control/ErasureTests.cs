using System.Text.Json;
using BatchWorker.Lifecycle;
using BatchWorker.Queue;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class ErasureTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task The_content_of_an_ended_job_goes_and_its_numbers_stay()
    {
        var ids = await Jobs.EnqueueAsync(2);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => Jobs.Succeeded(i) with { RealtimePico = 4, BatchPico = 2 });
        var before = await Host.GetAsync($"/batch/jobs/{ids[0]}");
        Assert.That(before.GetProperty("response").ValueKind, Is.EqualTo(JsonValueKind.Object));

        var erased = await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{ids[0]}/data", 200);
        Assert.That(erased.GetProperty("data_removed").GetBoolean(), Is.True);
        Assert.That(new[] { "data", "response", "metadata", "error" }.Select(name => erased.GetProperty(name).ValueKind), Is.All.EqualTo(JsonValueKind.Null));
        foreach (var kept in new[] { "job_id", "status", "attempts", "batch_id", "created_at", "ended_at", "usage", "cost", "history" })
        {
            Assert.That(erased.GetProperty(kept).GetRawText(), Is.EqualTo(before.GetProperty(kept).GetRawText()), kept);
        }
        var results = (await Host.GetAsync($"/batch/results/{batch.Record.Id}")).GetProperty("results");
        Assert.That((results[0].GetProperty("response").ValueKind, results[1].GetProperty("response").ValueKind), Is.EqualTo((JsonValueKind.Null, JsonValueKind.Object)));
        Assert.That((await Host.GetAsync("/batch/savings")).GetProperty("saved").GetDecimal(), Is.EqualTo(0.000000000004m));
        await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{ids[0]}/data", 200);
    }

    [Test]
    public async Task Answers_of_earlier_attempts_go_too_and_the_job_can_not_be_queued_again()
    {
        var id = (await Jobs.EnqueueAsync(1))[0];
        await Jobs.EnqueueAsync(1);
        var code = await Jobs.CodeAsync("server_error");
        var first = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => Failed(i, 1, code) with { Requeued = true });
        await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat), i => Failed(i, 2, code));
        Assert.That(Text((await Host.GetAsync($"/batch/jobs/{id}")).GetProperty("error"), "message"), Is.EqualTo("secret 2"));

        var erased = await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{id}/data", 200);
        Assert.That((Text(erased, "status"), Text(erased.GetProperty("error"), "code"), Text(erased.GetProperty("error"), "message")), Is.EqualTo(("failed", "server_error", "")));
        var results = (await Host.GetAsync($"/batch/results/{first.Record.Id}")).GetProperty("results");
        Assert.That(results.EnumerateArray().Select(result => Text(result.GetProperty("error"), "message")), Is.EqualTo(new[] { "", "secret 1" }));
        Assert.That(Text(await Host.PostAsync($"/batch/jobs/{id}/retry", 409), "type"), Is.EqualTo("urn:batchworker:not_retryable"));
    }

    [Test]
    public async Task A_job_that_has_not_ended_keeps_its_data()
    {
        var id = (await Jobs.EnqueueAsync(1))[0];
        Assert.That(Text(await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{id}/data", 409), "type"), Is.EqualTo("urn:batchworker:not_ended"));
        await Jobs.SubmitAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        await Host.CallAsync(HttpMethod.Delete, $"/batch/jobs/{id}/data", 409);
        Assert.That((await Host.GetAsync($"/batch/jobs/{id}")).GetProperty("data").ValueKind, Is.EqualTo(JsonValueKind.Object));
        await Host.CallAsync(HttpMethod.Delete, "/batch/jobs/job_00000000000000000000000000/data", 404);
    }

    private OutcomeRecord Failed(int i, long frame, int code) => new()
    {
        Outcome = Outcome.Failed,
        Counted = true,
        Code = code,
        Retryable = true,
        Address = Jobs.Keep(100 + frame, i, "", new JobError("server_error", $"secret {frame}", true)),
    };
}
