using System.Net;
using BatchWorker.Control;
using BatchWorker.Tests.Fixtures;
using Microsoft.AspNetCore.Routing;

namespace BatchWorker.Tests.Control;

internal sealed class KeyTests(StoreKind kind) : ControlTest(kind)
{
    private const string Reader = "key-read-0123456789-AB";
    private const string Enqueuer = "key-enqueue-0123456789";
    private const string Operator = "key-operate-0123456789";

    protected override Task<ControlHost> StartAsync() =>
        ControlHost.StartAsync(keys: $"ro:read:{Reader},eq:enqueue:{Enqueuer},op:operate:{Operator}");

    [TestCase(null)]
    [TestCase("nope-0123456789-0123456789")]
    public async Task Without_a_valid_key_a_call_is_unauthorized(string? key)
    {
        foreach (var (method, path) in new[] { ("GET", "/batch/jobs"), ("POST", "/batch/process"), ("GET", "/batch/health"), ("GET", "/openapi/v1.json"), ("GET", "/batch/nope") })
        {
            using var response = await Host.SendAsync(new HttpMethod(method), path, key: key);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized), path);
            Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Bearer"));
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo(Problem.ContentType));
        }
    }

    [TestCase(Reader, "GET", "/batch/jobs", 200)]
    [TestCase(Reader, "POST", "/batch/process", 403)]
    [TestCase(Reader, "DELETE", "/batch/jobs/x", 403)]
    [TestCase(Reader, "POST", "/batch/batches/x/cancel", 403)]
    [TestCase(Enqueuer, "GET", "/batch/jobs", 403)]
    [TestCase(Enqueuer, "POST", "/batch/scheduler/stop", 403)]
    [TestCase(Operator, "GET", "/batch/jobs", 403)]
    [TestCase(Operator, "POST", "/batch/process", 202)]
    [TestCase(Operator, "POST", "/batch/batches/x/cancel", 404)]
    public async Task No_scope_implies_another(string key, string method, string path, int status)
    {
        using var response = await Host.SendAsync(new HttpMethod(method), path, key: key);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [TestCase("/batch/health")]
    [TestCase("/openapi/v1.json")]
    public async Task Any_valid_key_may_ask(string path)
    {
        foreach (var key in new[] { Reader, Enqueuer, Operator })
        {
            using var response = await Host.SendAsync(HttpMethod.Get, path, key: key);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }
    }

    [TestCase("/health/live")]
    [TestCase("/health/ready")]
    [TestCase("/metrics")]
    public async Task Probes_and_on_loopback_metrics_are_open(string path)
    {
        using var response = await Host.SendAsync(HttpMethod.Get, path);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Metrics_behind_a_proxy_need_the_scope_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        using var response = await Host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("Authorization", Reader)]
    [TestCase("Authorization", "Basic " + Reader)]
    [TestCase("X-Api-Key", Reader)]
    public async Task A_key_counts_only_as_a_bearer_token(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/batch/jobs?key=" + Reader);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await Host.Client.SendAsync(request);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public void Every_endpoint_asks_for_a_scope_or_is_open_on_purpose()
    {
        string[] anyKey = ["/batch/health", "/openapi/{documentName}.json", "/scalar/{documentName?}", "/scalar/scalar.js", "/scalar/scalar.aspnetcore.js", "/scalar/favicon.svg"];
        string[] open = ["/health/live", "/health/ready"];
        var endpoints = Host.Get<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToArray();
        Assert.That(PathsOf(endpoints, endpoint => endpoint.Metadata.GetMetadata<NeedsScope>()?.Scope is null or Scope.Any), Is.EquivalentTo(anyKey.Concat(open)));
        Assert.That(PathsOf(endpoints, endpoint => endpoint.Metadata.GetMetadata<NeedsNoKey>() is not null), Is.EquivalentTo(open));
    }

    private static IEnumerable<string?> PathsOf(IEnumerable<RouteEndpoint> endpoints, Func<RouteEndpoint, bool> which) =>
        endpoints.Where(which).Select(endpoint => endpoint.RoutePattern.RawText);
}
