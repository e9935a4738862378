using System.Text;
using System.Text.Json;
using BatchWorker.Intake;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;
using BatchWorker.Providers;
using BatchWorker.Queue;

namespace BatchWorker.Tests.Intake;

/// <summary>Data that is no request becomes one.</summary>
internal sealed class ShortFormTests
{
    private const string Creative = """{"creative_id":"c-1","script":"Say \"now\"\n{{niche}} \\ </x>","niche":"caf\u00e9"}""";
    private readonly JobReaderHost _reader = new(all: true);

    [TestCase("openai", "/v1/chat/completions")]
    [TestCase("anthropic", "/v1/messages")]
    [TestCase("gemini", "generateContent")]
    public void A_creative_becomes_a_request_of_each_provider(string provider, string endpoint)
    {
        var job = _reader.Accept(JobReaderHost.JobOf("creative_scoring", provider, Creative));
        Assert.That(job.Lane.Endpoint, Is.EqualTo(endpoint));
        Assert.That(job.Lane.Model, Is.Not.Empty);
        var request = Request(job);
        Assert.That(request.TryGetProperty("model", out var model), Is.EqualTo(provider != "gemini"));
        Assert.That(provider == "gemini" || model.GetString() == job.Lane.Model, Is.True);
        var text = provider == "gemini"
            ? request.GetProperty("contents")[0].GetProperty("parts")[0].GetProperty("text").GetString()
            : request.GetProperty("messages").EnumerateArray().Last().GetProperty("content").GetString();
        Assert.That(text, Is.EqualTo("Creative: c-1\nNiche: café\nScript:\nSay \"now\"\n{{niche}} \\ </x>"));
    }

    [Test]
    public void A_request_to_anthropic_says_how_long_the_answer_may_be() =>
        Assert.That(Request(_reader.Accept(JobReaderHost.JobOf("creative_scoring", "anthropic", Creative))).GetProperty("max_tokens").GetInt32(), Is.Positive);

    [TestCase("\"one text\"", 1)]
    [TestCase("[\"a\",\"b\",\"c\"]", 3)]
    public void An_input_is_embedded_with_its_own_type(string input, int units)
    {
        var job = _reader.Accept(JobReaderHost.JobOf("embedding_generation", "openai", $$"""{"input":{{input}}}"""));
        Assert.That(job.Lane, Is.EqualTo(new Lane(Provider.OpenAi, "/v1/embeddings", "text-embedding-3-small", "embedding_generation")));
        Assert.That(Text(job), Is.EqualTo($$"""{"model":"text-embedding-3-small","input":{{input}}}"""));
        Assert.That(job.InputUnits, Is.EqualTo(units));
    }

    [Test]
    public void An_input_for_gemini_is_a_content()
    {
        var job = _reader.Accept(JobReaderHost.JobOf("embedding_generation", "gemini", """{"input":"one text"}"""));
        Assert.That(job.Lane.Endpoint, Is.EqualTo("embedContent"));
        Assert.That(Text(job), Is.EqualTo("""{"content":{"parts":[{"text":"one text"}]}}"""));
    }

    [TestCase("https://www.youtube.com/watch?v=9hE5-98ZeCg")]
    [TestCase("https://generativelanguage.googleapis.com/v1beta/files/abc-123")]
    public void A_video_is_given_as_file_data(string url)
    {
        var job = _reader.Accept(JobReaderHost.JobOf("video_analysis", "gemini", $$"""{"video_url":"{{url}}","analysis_type":"hooks"}"""));
        var parts = Request(job).GetProperty("contents")[0].GetProperty("parts");
        Assert.That(parts[0].GetProperty("fileData").GetProperty("fileUri").GetString(), Is.EqualTo(url));
        Assert.That(parts[1].GetProperty("text").GetString(), Does.Contain("hooks"));
        Assert.That(job.Lane.Endpoint, Is.EqualTo("generateContent"));
    }

    [TestCase("creative_scoring", "openai", """{"creative_id":"c","script":"s"}""", "/data/niche")]
    [TestCase("creative_scoring", "openai", "{}", "/data/creative_id", "/data/niche", "/data/script")]
    [TestCase("creative_scoring", "openai", """{"creative_id":"c","script":"s","niche":null}""", "/data/niche")]
    [TestCase("creative_scoring", "openai", """{"creative_id":"c","script":"s","niche":"n","a/b":"x"}""", "/data/a~1b")]
    [TestCase("embedding_generation", "openai", """{"input":"x","dimensions":256}""", "/data/dimensions")]
    [TestCase("embedding_generation", "anthropic", """{"input":"x"}""", "/data/model", "/data")]
    [TestCase("video_analysis", "anthropic", """{"video_url":"https://www.youtube.com/watch?v=x","analysis_type":"hooks"}""", "/data/model", "/data")]
    [TestCase("training_data_prep", "openai", """{"input":"x"}""", "/data/model")]
    public void What_is_no_short_form_is_refused(string jobType, string provider, string data, params string[] pointers) =>
        Assert.That(_reader.Refuse(JobReaderHost.JobOf(jobType, provider, data)), Is.EquivalentTo(pointers));

    [Test]
    public void A_request_is_never_taken_for_a_short_form()
    {
        var job = _reader.Accept(JobReaderHost.JobOf("embedding_generation", "openai", """{"model":"text-embedding-3-large","input":"x"}"""));
        Assert.That(job.Lane.Model, Is.EqualTo("text-embedding-3-large"));
        Assert.That(_reader.Refuse(JobReaderHost.JobOf("creative_scoring", "openai", """{"messages":[],"creative_id":"c","script":"s","niche":"n"}""")), Is.EqualTo(new[] { "/data/model" }));
    }

    [TestCase("/v1/chat/completions", true)]
    [TestCase("/v1/responses", false)]
    public void A_short_form_goes_where_its_template_says(string endpoint, bool accepted)
    {
        var job = JobReaderHost.JobOf("creative_scoring", "openai", Creative, $"\"endpoint\":\"{endpoint}\"");
        Assert.That(_reader.Read(job).Errors.Select(error => error.Pointer), Is.EqualTo(accepted ? [] : new[] { "/endpoint" }));
    }

    [Test]
    public void A_template_may_name_the_endpoint()
    {
        var reader = new JobReaderHost(Own("gpt-4o", "/v1/embeddings", """{"input":"{{text}}"}"""));
        Assert.That(reader.Accept(JobReaderHost.JobOf("own", "openai", """{"text":["a","b"]}""")).Lane.Endpoint, Is.EqualTo("/v1/embeddings"));
        Assert.That(reader.Accept(JobReaderHost.JobOf("own", "openai", """{"text":["a","b"]}""")).InputUnits, Is.EqualTo(2));
    }

    [Test]
    public void More_inputs_than_a_batch_may_hold_are_refused() =>
        Assert.That(new JobReaderHost(limits: new BatchLimits(10, 1000, 2)).Refuse(JobReaderHost.JobOf("embedding_generation", "openai", """{"input":["a","b","c"]}""")), Is.EqualTo(new[] { "/data/input" }));

    [Test]
    public void The_size_of_what_is_sent_counts() =>
        Assert.That(new JobReaderHost(limits: new BatchLimits(10, 300, 2)).Refuse(JobReaderHost.JobOf("creative_scoring", "openai", Creative)), Is.EqualTo(new[] { "/data" }));

    [Test]
    public void A_repeated_short_form_is_the_same_job_though_its_template_has_changed()
    {
        var before = Mark(Own("gpt-4o", null, """{"messages":"{{text}}"}"""), """{"text":"x"}""");
        Assert.That(Mark(Own("gpt-5", "/v1/responses", """{"input":"{{text}}"}"""), """{ "text": "x" }"""), Is.EqualTo(before));
        Assert.That(Mark(Own("gpt-4o", null, """{"messages":"{{text}}"}"""), """{"text":"y"}"""), Is.Not.EqualTo(before));
    }

    [Test]
    public void A_short_form_and_the_request_that_it_becomes_are_two_jobs()
    {
        var options = Own("gpt-4o", null, """{"messages":"{{text}}"}""");
        var made = Text(new JobReaderHost(options).Accept(JobReaderHost.JobOf("own", "openai", """{"text":"x"}""")));
        Assert.That(Mark(options, made), Is.Not.EqualTo(Mark(options, """{"text":"x"}""")));
    }

    private static byte[] Mark(IntakeOptions options, string data) =>
        new JobReaderHost(options).Accept(JobReaderHost.JobOf("own", "openai", data), givenKey: "k").Idempotency!.Content;

    private static IntakeOptions Own(string model, string? endpoint, string text)
    {
        Assert.That(TemplateParser.TryParse(model, text, out var template, out var fault), Is.True, fault);
        return new IntakeOptions
        {
            Catalog = new JobTypeCatalog(["own"], new Dictionary<(string, Provider), ProviderTemplate> { [("own", Provider.OpenAi)] = new("", model, endpoint, template!) }),
        };
    }

    private static string Text(NewJob job) => Encoding.UTF8.GetString(job.Data.Span);

    private static JsonElement Request(NewJob job) => JsonDocument.Parse(job.Data).RootElement;
}
