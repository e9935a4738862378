using System.Text;
using System.Text.Json;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;
using BatchWorker.Settings;
using Microsoft.Extensions.Configuration;

namespace BatchWorker.Tests.Settings;

/// <summary>The catalogue as the daemon reads it from its configuration.</summary>
internal sealed class JobTypeSettingsTests
{
    private const string Key = "Batch:JobTypes:";

    [Test]
    public void Without_configuration_there_is_what_is_shipped()
    {
        var catalog = Read();
        Assert.That(catalog.Names, Is.EquivalentTo(new[] { "creative_scoring", "embedding_generation", "historical_reprocessing", "video_analysis", "training_data_prep" }));
        Assert.That(catalog.Templates.Select(template => template.Key), Is.EquivalentTo(new[]
        {
            ("creative_scoring", Provider.OpenAi), ("creative_scoring", Provider.Anthropic), ("creative_scoring", Provider.Gemini),
            ("embedding_generation", Provider.OpenAi), ("embedding_generation", Provider.Gemini), ("video_analysis", Provider.Gemini),
        }));
        Assert.That(catalog.Find("creative_scoring", Provider.Anthropic)!.Template.Fields, Is.EquivalentTo(new[] { "creative_id", "niche", "script" }));
        Assert.That(catalog.Find("video_analysis", Provider.Gemini)!.Template.Fields, Is.EquivalentTo(new[] { "video_url", "analysis_type" }));
        Assert.That(catalog.Find("embedding_generation", Provider.OpenAi)!.Template.Fields, Is.EquivalentTo(new[] { "input" }));
        Assert.That(catalog.Find("video_analysis", Provider.OpenAi), Is.Null);
    }

    [Test]
    public void A_job_type_of_the_configuration_has_its_own_template()
    {
        var template = Read(("own:openai:Model", "gpt-4o"), ("own:openai:Endpoint", "/v1/responses"), ("own:openai:Template", """{"input":"Say {{word}}"}""")).Find("own", Provider.OpenAi)!;
        Assert.That((template.Model, template.Endpoint), Is.EqualTo(("gpt-4o", "/v1/responses")));
        Assert.That(Render(template, """{"word":"yes"}"""), Is.EqualTo("""{"model":"gpt-4o","input":"Say yes"}"""));
    }

    [Test]
    public void A_key_replaces_only_what_it_names()
    {
        var shipped = Read().Find("creative_scoring", Provider.OpenAi)!;
        var changed = Read(("creative_scoring:openai:model", "gpt-4o"), ("creative_scoring:openai:Template", "")).Find("creative_scoring", Provider.OpenAi)!;
        const string data = """{"creative_id":"c","niche":"n","script":"s"}""";
        Assert.That(changed.Model, Is.EqualTo("gpt-4o"));
        Assert.That(Render(changed, data), Is.EqualTo(Render(shipped, data).Replace(shipped.Model, "gpt-4o", StringComparison.Ordinal)));
    }

    [TestCase(null)]
    [TestCase("")]
    public void A_name_alone_is_a_job_type_without_short_forms(string? value)
    {
        var catalog = Read(("only_a_name", value));
        Assert.That(catalog.Names, Has.Member("only_a_name"));
        Assert.That(catalog.Templates.Count(), Is.EqualTo(6));
    }

    [TestCase("Own:openai:Model", "m", "Own")]
    [TestCase("0own:openai:Model", "m", "0own")]
    [TestCase("own-type", "", "own-type")]
    [TestCase("a23456789012345678901234567890123456789012345678901234567890123x5", "", "a23456789012345678901234567890123456789012345678901234567890123x5")]
    [TestCase("own", "yes", "own")]
    [TestCase("own:mistral:Model", "m", "own:mistral")]
    [TestCase("own:openai:Modell", "m", "own:openai:Modell")]
    [TestCase("own:openai:Template:messages", "m", "own:openai:Template")]
    [TestCase("own:openai:Model", "m", "own:openai:Template")]
    [TestCase("own:openai:Template", """{"input":"{{x}}"}""", "own:openai:Model")]
    [TestCase("creative_scoring:openai:Endpoint", "/v1/nope", "creative_scoring:openai:Endpoint")]
    [TestCase("creative_scoring:anthropic:Endpoint", "/v1/chat/completions", "creative_scoring:anthropic:Endpoint")]
    [TestCase("creative_scoring:openai:Template", "Score {{script}}", "creative_scoring:openai:Template")]
    [TestCase("creative_scoring:openai:Template", """{"text":"{{script}}"}""", "creative_scoring:openai:Template")]
    [TestCase("creative_scoring:openai:Template", """{"messages":"{{script}}","stream":true}""", "creative_scoring:openai:Template")]
    [TestCase("creative_scoring:anthropic:Template", """{"prompt":"{{script}}"}""", "creative_scoring:anthropic:Template")]
    [TestCase("creative_scoring:gemini:Template", """{"messages":"{{script}}"}""", "creative_scoring:gemini:Template")]
    [TestCase("creative_scoring:gemini:Model", "a/b", "creative_scoring:gemini:Model")]
    public void What_is_wrong_stops_the_start_and_names_the_key(string key, string value, string named)
    {
        var refusal = Assert.Throws<StartRefusal>(() => Read((key, value)))!;
        Assert.That(refusal.ExitCode, Is.EqualTo(78));
        Assert.That(refusal.Message, Does.StartWith(Key + named + ": ").And.Not.Contain("\n"));
    }

    private static JobTypeCatalog Read(params (string Key, string? Value)[] settings) => JobTypeSettings.Read(new SettingsReader(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(Key + setting.Key, setting.Value))).Build()));

    private static string Render(ProviderTemplate template, string shortForm)
    {
        using var data = JsonDocument.Parse(shortForm);
        return Encoding.UTF8.GetString(template.Template.Render(data.RootElement).Span);
    }
}
