using System.Net;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>What is refused before any endpoint: unknown routes, wrong methods, foreign pages.</summary>
internal sealed class RefusalTests(StoreKind kind) : ControlTest(kind)
{
    [TestCase("GET", "/batch/nope")]
    [TestCase("POST", "/nowhere")]
    public async Task An_unknown_route_is_a_problem(string method, string path)
    {
        var problem = await Host.CallAsync(new HttpMethod(method), path, 404);
        Assert.That(Names(problem), Is.EqualTo(new[] { "type", "title", "status", "detail" }));
        Assert.That(Text(problem, "type"), Is.EqualTo("urn:batchworker:not_found"));
    }

    [TestCase("DELETE", "/batch/queue/status", "GET")]
    [TestCase("GET", "/batch/process", "POST")]
    [TestCase("PUT", "/batch/jobs/x", "DELETE, GET")]
    public async Task A_wrong_method_is_told_which_are_right(string method, string path, string allowed)
    {
        using var response = await Host.SendAsync(new HttpMethod(method), path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(string.Join(", ", response.Content.Headers.Allow.Order()), Is.EqualTo(allowed));
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("urn:batchworker:method_not_allowed"));
    }

    [TestCase("evil.example", null)]
    [TestCase(null, "https://evil.example")]
    [TestCase(null, "null")]
    public async Task Without_keys_a_page_of_another_site_is_refused(string? host, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/batch/process");
        request.Headers.Host = host;
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
        using var response = await Host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(Host.Get<DrainDesk>().Started, Is.Empty);
    }

    [Test]
    public async Task Our_own_page_is_served()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/batch/process");
        request.Headers.Add("Origin", Host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using var response = await Host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
    }

    [Test]
    public async Task A_failure_of_ours_tells_no_details()
    {
        await Jobs.EnqueueAsync(1);
        var batch = await Jobs.EndAsync(await Jobs.SealAsync(LedgerJobs.Chat));
        Host.Get<FrameSegments>().FailAfter = 0;
        var problem = await Host.RefuseAsync("/batch/results/" + batch.Record.Id, 500);
        Assert.That(problem.GetRawText(), Does.Not.Contain("the disk is gone").And.Not.Contain("Exception"));
    }

    [Test]
    public async Task A_page_of_another_site_is_refused_even_where_everybody_may_call()
    {
        await using var open = await ControlHost.StartAsync(anonymous: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/batch/process");
        request.Headers.Add("Origin", "https://evil.example");
        using var response = await open.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task Another_name_for_this_address_is_taken_where_everybody_may_call()
    {
        await using var open = await ControlHost.StartAsync(anonymous: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/batch/jobs");
        request.Headers.Host = "batchworker.example";
        using var response = await open.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }
}
