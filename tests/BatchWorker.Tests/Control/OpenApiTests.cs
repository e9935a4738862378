using System.Text.Json;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

internal sealed class OpenApiTests(StoreKind kind) : ControlTest(kind)
{
    [Test]
    public async Task The_description_is_openapi_3_1()
    {
        Assert.That(Text(await Host.GetAsync("/openapi/v1.json"), "openapi"), Does.StartWith("3.1"));
    }

    [TestCase("get", "/batch/queue/status", "read")]
    [TestCase("get", "/batch/jobs", "read")]
    [TestCase("get", "/batch/jobs/{id}", "read")]
    [TestCase("delete", "/batch/jobs/{id}", "operate")]
    [TestCase("delete", "/batch/jobs/{id}/data", "operate")]
    [TestCase("get", "/batch/savings", "read")]
    [TestCase("get", "/batch/metrics", "read")]
    [TestCase("get", "/batch/report", "read")]
    [TestCase("get", "/batch/alerts", "read")]
    [TestCase("get", "/batch/dashboard", "read")]
    [TestCase("post", "/batch/realtime-calls", "enqueue")]
    [TestCase("post", "/batch/jobs/{id}/retry", "operate")]
    [TestCase("post", "/batch/jobs/retry", "operate")]
    [TestCase("post", "/batch/jobs/cancel", "operate")]
    [TestCase("post", "/batch/process", "operate")]
    [TestCase("post", "/batch/process/all", "operate")]
    [TestCase("get", "/batch/runs", "read")]
    [TestCase("get", "/batch/runs/{id}", "read")]
    [TestCase("get", "/batch/batches", "read")]
    [TestCase("get", "/batch/status/{batch_id}", "read")]
    [TestCase("get", "/batch/results/{batch_id}", "read")]
    [TestCase("post", "/batch/batches/{batch_id}/cancel", "operate")]
    [TestCase("post", "/batch/batches/{batch_id}/resolve", "operate")]
    [TestCase("get", "/batch/providers", "read")]
    [TestCase("post", "/batch/providers/{provider}/pause", "operate")]
    [TestCase("post", "/batch/providers/{provider}/resume", "operate")]
    [TestCase("get", "/batch/scheduler", "read")]
    [TestCase("post", "/batch/scheduler/start", "operate")]
    [TestCase("post", "/batch/scheduler/stop", "operate")]
    public async Task Every_operation_names_its_scope_its_answer_and_its_refusals(string method, string path, string scope)
    {
        var operation = (await OperationsAsync()).GetProperty(path).GetProperty(method);
        Assert.That(operation.GetProperty("security")[0].GetProperty("bearer")[0].GetString(), Is.EqualTo(scope));
        Assert.That(Text(operation, "operationId"), Is.Not.Empty);
        Assert.That(Text(operation, "summary"), Is.Not.Empty);
        var responses = operation.GetProperty("responses");
        Assert.That(Names(responses), Is.SupersetOf(new[] { "401", "403", "500", "503" }));
        Assert.That(responses.GetProperty("401").GetProperty("content").TryGetProperty("application/problem+json", out _), Is.True);
        var success = responses.EnumerateObject().First(response => response.Name.StartsWith('2')).Value;
        Assert.That(success.GetProperty("content").GetProperty("application/json").TryGetProperty("schema", out _), Is.True);
    }

    [Test]
    public async Task Fields_of_answers_are_required_in_snake_case_and_times_are_date_times()
    {
        var job = (await Host.GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas").GetProperty("JobDetailAnswer");
        Assert.That(job.GetProperty("required").EnumerateArray().Select(name => name.GetString()), Is.SupersetOf(new[] { "data_removed", "job_id" }));
        Assert.That(Text(job.GetProperty("properties").GetProperty("created_at"), "format"), Is.EqualTo("date-time"));
    }

    [Test]
    public async Task Parameters_of_lists_and_bodies_are_described()
    {
        var operations = await OperationsAsync();
        var parameters = operations.GetProperty("/batch/jobs").GetProperty("get").GetProperty("parameters").EnumerateArray();
        Assert.That(parameters.Select(parameter => Text(parameter, "name")), Is.EquivalentTo(new[] { "status", "job_type", "provider", "batch_id", "limit", "cursor" }));
        Assert.That(operations.GetProperty("/batch/process").GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _), Is.True);
    }

    private async Task<JsonElement> OperationsAsync() => (await Host.GetAsync("/openapi/v1.json")).GetProperty("paths");
}
