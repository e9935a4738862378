using BatchWorker.Providers;

namespace BatchWorker.Tests.Intake;

/// <summary>Which endpoint a request goes to, and what it counts.</summary>
internal sealed class OpenAiShapeTests
{
    private readonly JobReaderHost _reader = new();

    [TestCase("""{"model":"m","messages":[]}""", "/v1/chat/completions")]
    [TestCase("""{"model":"m","prompt":"x"}""", "/v1/completions")]
    [TestCase("""{"model":"text-embedding-3-small","input":"x"}""", "/v1/embeddings")]
    [TestCase("""{"model":"omni-moderation-latest","input":"x"}""", "/v1/moderations")]
    [TestCase("""{"model":"gpt-4o","input":"x"}""", "/v1/responses")]
    [TestCase("""{"model":"text-embedding-3-small","messages":[],"input":"x"}""", "/v1/chat/completions")]
    public void The_members_of_a_request_tell_its_endpoint(string data, string endpoint) =>
        Assert.That(_reader.LaneOf(data).Endpoint, Is.EqualTo(endpoint));

    [TestCase("/v1/chat/completions")]
    [TestCase("/v1/responses")]
    [TestCase("/v1/embeddings")]
    [TestCase("/v1/completions")]
    [TestCase("/v1/moderations")]
    public void An_endpoint_that_is_named_goes_before_the_rule(string endpoint) =>
        Assert.That(_reader.LaneOf("""{"model":"gpt-4o","input":"x"}""", $"\"endpoint\":\"{endpoint}\"").Endpoint, Is.EqualTo(endpoint));

    [TestCase("""{"creative_id":"c-1","script":"x","niche":"y","model":"gpt-4o"}""", "/data")]
    [TestCase("""{"input":"x"}""", "/data/model")]
    [TestCase("""{"model":"gpt-4o"}""", "/data")]
    [TestCase("""{"messages":[]}""", "/data/model")]
    [TestCase("""{"model":"","messages":[]}""", "/data/model")]
    [TestCase("""{"model":5,"messages":[]}""", "/data/model")]
    [TestCase("""{"model":"a\nb","messages":[]}""", "/data/model")]
    [TestCase("""{"model":"\udc00","messages":[]}""", "/data/model")]
    [TestCase("""{"model":"m","messages":[],"stream":true}""", "/data/stream")]
    public void What_is_no_request_is_refused(string data, params string[] pointers) =>
        Assert.That(_reader.Refuse(JobReaderHost.Job(data: data)), Is.EqualTo(pointers));

    [Test]
    public void A_stream_that_is_switched_off_passes() =>
        Assert.That(_reader.LaneOf("""{"model":"m","messages":[],"stream":false}""").Model, Is.EqualTo("m"));

    [TestCase("\"x\"", 1)]
    [TestCase("[]", 1)]
    [TestCase("[\"a\",\"b\",\"c\"]", 3)]
    [TestCase("[1,2,3,4]", 1)]
    [TestCase("[[1,2],[3]]", 2)]
    public void The_inputs_of_an_embedding_are_counted(string input, int units) =>
        Assert.That(_reader.Accept(JobReaderHost.Job(data: $$"""{"model":"text-embedding-3-small","input":{{input}}}""")).InputUnits, Is.EqualTo(units));

    [Test]
    public void Inputs_of_other_endpoints_count_once() =>
        Assert.That(_reader.Accept(JobReaderHost.Job(data: """{"model":"gpt-4o","input":[{},{}]}""")).InputUnits, Is.EqualTo(1));

    [Test]
    public void More_inputs_than_a_batch_may_hold_are_refused()
    {
        var reader = new JobReaderHost(limits: new BatchLimits(10, 1000, 2));
        Assert.That(reader.Refuse(JobReaderHost.Job(data: """{"model":"text-embedding-3-small","input":["a","b","c"]}""")), Is.EqualTo(new[] { "/data/input" }));
        Assert.That(reader.Accept(JobReaderHost.Job(data: """{"model":"text-embedding-3-small","input":["a","b"]}""")).InputUnits, Is.EqualTo(2));
    }
}
