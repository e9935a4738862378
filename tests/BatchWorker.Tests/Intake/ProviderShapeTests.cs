using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.Lifecycle;
using BatchWorker.Tests.Fixtures;
using CsCheck;

namespace BatchWorker.Tests.Intake;

/// <summary>Requests of Anthropic and Gemini, and what all three have in common.</summary>
internal sealed class ProviderShapeTests
{
    private const string Claude = """{"model":"claude-haiku-4-5","max_tokens":20,"messages":[]}""";
    private const string Gem = """{"model":"gemini-2.5-flash","contents":[]}""";
    private static readonly JsonSerializerOptions s_loose = new() { WriteIndented = true };
    private readonly JobReaderHost _reader = new(all: true);

    [Test]
    public void A_message_keeps_its_model_and_max_tokens()
    {
        var job = _reader.Accept(JobReaderHost.JobOf("training_data_prep", "anthropic", """{ "max_tokens": 20, "temperature": 0.50, "messages": [{"content":"na\u00efve","role":"user"}], "model": "claude-haiku-4-5" }"""));
        Assert.That(job.Lane, Is.EqualTo(new Lane(Provider.Anthropic, "/v1/messages", "claude-haiku-4-5", "training_data_prep")));
        Assert.That(Encoding.UTF8.GetString(job.Data.Span), Is.EqualTo("""{"max_tokens":20,"temperature":0.50,"messages":[{"content":"na\u00efve","role":"user"}],"model":"claude-haiku-4-5"}"""));
    }

    [TestCase("""{ "model" : "gemini-2.5-flash", "contents" : [ {"parts":[{"text":"a  b\u00e9"}]} ], "z" : 1.0 }""", """{"contents":[{"parts":[{"text":"a  b\u00e9"}]}],"z":1.0}""")]
    [TestCase("""{"contents":[],"\u006dodel":"gemini-2.5-flash","s\u0065ed":12345678901234567890}""", """{"contents":[],"s\u0065ed":12345678901234567890}""")]
    [TestCase("""{"contents":[{"model":"inner"}],"generationConfig":{"model":1},"model":"gemini-2.5-flash"}""", """{"contents":[{"model":"inner"}],"generationConfig":{"model":1}}""")]
    public void The_model_of_gemini_leaves_the_data_and_nothing_else(string data, string sent)
    {
        var job = _reader.Accept(JobReaderHost.JobOf("video_analysis", "gemini", data));
        Assert.That(job.Lane, Is.EqualTo(new Lane(Provider.Gemini, "generateContent", "gemini-2.5-flash", "video_analysis")));
        Assert.That(Encoding.UTF8.GetString(job.Data.Span), Is.EqualTo(sent));
    }

    [TestCase("""{"model":"m","contents":[]}""", "generateContent")]
    [TestCase("""{"model":"m","content":{}}""", "embedContent")]
    [TestCase("""{"model":"m","content":{},"contents":[]}""", "generateContent")]
    public void The_members_of_a_gemini_request_tell_its_endpoint(string data, string endpoint) =>
        Assert.That(_reader.Accept(JobReaderHost.JobOf("historical_reprocessing", "gemini", data)).Lane.Endpoint, Is.EqualTo(endpoint));

    [TestCase("gemini-2.5-flash", "gemini-2.5-flash")]
    [TestCase("models/gemini-2.5-flash", "gemini-2.5-flash")]
    [TestCase("models/", null)]
    [TestCase("models/models/x", null)]
    [TestCase("tunedModels/x", null)]
    [TestCase("a/../b", null)]
    [TestCase("..", null)]
    [TestCase("a:b", null)]
    [TestCase("a?b", null)]
    [TestCase("a b", null)]
    [TestCase("modèle", null)]
    public void A_gemini_model_can_stand_in_a_path(string named, string? model)
    {
        var reading = _reader.Read(JobReaderHost.JobOf("video_analysis", "gemini", Gem.Replace("gemini-2.5-flash", named, StringComparison.Ordinal)));
        Assert.That(reading.Job?.Lane.Model, Is.EqualTo(model));
        Assert.That(reading.Errors.Select(error => error.Pointer), Is.EqualTo(model is null ? ["/data/model"] : Array.Empty<string>()));
    }

    [TestCase("anthropic", """{"model":"m","prompt":"x"}""", "/data")]
    [TestCase("anthropic", """{"messages":[]}""", "/data/model")]
    [TestCase("anthropic", """{"model":"m","messages":[],"stream":true}""", "/data/stream")]
    [TestCase("gemini", """{"model":"m","messages":[]}""", "/data")]
    [TestCase("gemini", """{"contents":[]}""", "/data/model")]
    [TestCase("gemini", """{"model":"m","contents":[],"stream":true}""", "/data/stream")]
    public void What_is_no_request_is_refused(string provider, string data, string pointer) =>
        Assert.That(_reader.Refuse(JobReaderHost.JobOf("creative_scoring", provider, data)), Is.EqualTo(new[] { pointer }));

    [TestCase("anthropic", Claude, "/v1/messages")]
    [TestCase("gemini", Gem, "generateContent")]
    public void Only_jobs_for_openai_name_an_endpoint(string provider, string data, string endpoint) =>
        Assert.That(_reader.Refuse(JobReaderHost.JobOf("creative_scoring", provider, data, $"\"endpoint\":\"{endpoint}\"")), Is.EqualTo(new[] { "/endpoint" }));

    [TestCase(""" { "model" : "gemini-2.5-flash", "contents" : [] } """, true)]
    [TestCase("""{"contents":[],"model":"gemini-2.5-flash"}""", false)]
    [TestCase("""{"model":"models/gemini-2.5-flash","contents":[]}""", false)]
    [TestCase("""{"model":"gemini-2.5-pro","contents":[]}""", false)]
    public void A_repeated_job_for_gemini_is_compared_as_it_was_posted(string data, bool same)
    {
        byte[] Content(string posted) => _reader.Accept(JobReaderHost.JobOf("creative_scoring", "gemini", posted), givenKey: "k").Idempotency!.Content;
        Assert.That(Content(data).SequenceEqual(Content(Gem)), Is.EqualTo(same));
    }

    [TestCase("openai", "messages")]
    [TestCase("anthropic", "messages")]
    [TestCase("gemini", "contents")]
    public void Any_request_is_sent_byte_for_byte(string provider, string member) => AnyJson.Values.Sample(value =>
    {
        var data = new JsonObject { ["a"] = value?.DeepClone(), ["model"] = "m-1", [member] = value?.DeepClone(), ["é\""] = value?.DeepClone() };
        var job = _reader.Accept(JobReaderHost.JobOf("historical_reprocessing", provider, data.ToJsonString(s_loose)));
        if (provider == "gemini")
        {
            data.Remove("model");
        }
        Assert.That(Encoding.UTF8.GetString(job.Data.Span), Is.EqualTo(data.ToJsonString()));
    }, iter: 1000);
}
