using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BatchWorker.JobTypes;
using BatchWorker.Tests.Fixtures;
using CsCheck;

namespace BatchWorker.Tests.JobTypes;

internal sealed class TemplateTests
{
    private static readonly string[] s_spice = ["\"", "\\", "\n", "\u0000", "\u2028", "{{b}}", "}}", "é", "😀", "</x>", "\u001f", "a"];
    private static readonly Gen<string> s_text = Gen.OneOf(Gen.String, Gen.Int[0, s_spice.Length - 1].Array[0, 12].Select(parts => string.Concat(parts.Select(i => s_spice[i]))));

    [TestCase("""{"t":"{{a}}"}""", """{"a":"x"}""", """{"model":"m","t":"x"}""")]
    [TestCase("""{"t":"{{a}}"}""", """{"a":1.0}""", """{"model":"m","t":1.0}""")]
    [TestCase("""{"t":"{{a}}"}""", """{"a":12345678901234567890}""", """{"model":"m","t":12345678901234567890}""")]
    [TestCase("""{"t":"{{a}}"}""", """{"a":true}""", """{"model":"m","t":true}""")]
    [TestCase("""{"t":"{{a}}"}""", """{"a":null}""", """{"model":"m","t":null}""")]
    [TestCase("""{"t":"{{a}}"}""", """{"a":["x",{"y":1}]}""", """{"model":"m","t":["x",{"y":1}]}""")]
    [TestCase("""{"t":["{{a}}","{{ a }}!"]}""", """{"a":5}""", """{"model":"m","t":[5,"5!"]}""")]
    [TestCase("""{"t":"<{{a}}{{b}}>"}""", """{"a":"1","b":"2"}""", """{"model":"m","t":"<12>"}""")]
    [TestCase("""{"t":"\"{{a}}\""}""", """{"a":"x"}""", """{"model":"m","t":"\"x\""}""")]
    [TestCase("""{"t":"\\\"{{a}}"}""", """{"a":5}""", """{"model":"m","t":"\\\"5"}""")]
    [TestCase("""{"t":"{{a}}\""}""", """{"a":5}""", """{"model":"m","t":"5\""}""")]
    [TestCase("""{"t":"\\","u":"{{a}}"}""", """{"a":5}""", """{"model":"m","t":"\\","u":5}""")]
    [TestCase("""{"t":"got {{a}}"}""", """{"a":{"x":"say \"\\\"","y":[1]}}""", """{"model":"m","t":"got {\"x\":\"say \\\"\\\\\\\"\",\"y\":[1]}"}""")]
    [TestCase("""{"t":"{{a}}."}""", """{"a":"caf\u00e9 \" \\ \n"}""", """{"model":"m","t":"caf\u00e9 \" \\ \n."}""")]
    [TestCase("""{"t":"{{a}} {{b}}"}""", """{"a":"{{b}}","b":"2"}""", """{"model":"m","t":"{{b}} 2"}""")]
    [TestCase("""{"t":"\u007b{x}} {{a}}"}""", """{"a":"1"}""", """{"model":"m","t":"\u007b{x}} 1"}""")]
    [TestCase("""{"t":{"u":{"v":"{{a}}"}}}""", """{"a":"1"}""", """{"model":"m","t":{"u":{"v":"1"}}}""")]
    public void Fields_stand_where_the_template_has_them(string template, string shortForm, string request) =>
        Assert.That(Render(Parse(template), shortForm), Is.EqualTo(request));

    [Test]
    public void White_space_in_an_inserted_object_stays_valid_inside_a_text() =>
        Assert.That(TextOf(Render(Parse("""{"t":"got {{a}}"}"""), "{\"a\":{\r\n\t\"x\": 1}}")), Is.EqualTo("got {\r\n\t\"x\": 1}"));

    [Test]
    public void The_model_needs_no_escape_of_its_own()
    {
        Assert.That(TemplateParser.TryParse("a\"b\\c", """{"t":"{{a}}"}""", out var template, out _), Is.True);
        Assert.That(JsonNode.Parse(Render(template!, """{"a":1}"""))!["model"]!.GetValue<string>(), Is.EqualTo("a\"b\\c"));
    }

    [Test]
    public void Any_text_comes_out_as_it_went_in() => Gen.Select(s_text, s_text).Sample((a, b) =>
    {
        var whole = string.Concat(a.EnumerateRunes());
        var part = string.Concat(b.EnumerateRunes());
        var request = Render(Parse("""{"whole":"{{a}}","part":"«{{b}}» {{a}}","twice":["{{b}}"]}"""), JsonSerializer.Serialize(new { a = whole, b = part }));
        using var made = JsonDocument.Parse(request);
        Assert.That(made.RootElement.GetProperty("whole").GetString(), Is.EqualTo(whole));
        Assert.That(made.RootElement.GetProperty("part").GetString(), Is.EqualTo($"«{part}» {whole}"));
        Assert.That(made.RootElement.GetProperty("twice")[0].GetString(), Is.EqualTo(part));
    }, iter: 5000);

    [Test]
    public void Any_value_keeps_its_type_and_its_letters() => AnyJson.Values.Sample(value =>
    {
        var raw = value?.ToJsonString() ?? "null";
        Assert.That(Render(Parse("""{"t":"{{a}}"}"""), $"{{\"a\":{raw}}}"), Is.EqualTo($"{{\"model\":\"m\",\"t\":{raw}}}"));
        if (value is not JsonValue)
        {
            Assert.That(TextOf(Render(Parse("""{"t":"{{a}};"}"""), $"{{\"a\":{raw}}}")), Is.EqualTo(raw + ";"));
        }
    }, iter: 2000);

    [TestCase("""{"a":"x"}""", "b")]
    [TestCase("""{"b":"x"}""", "a")]
    [TestCase("{}", "a", "b")]
    [TestCase("""{"a":null,"b":null}""", "b")]
    [TestCase("""{"a":"x","b":"y","c":"z","A":"z"}""", "c", "A")]
    [TestCase("""{"a":"x","b":"y"}""")]
    public void What_is_missing_or_not_known_is_named(string shortForm, params string[] fields)
    {
        using var data = JsonDocument.Parse(shortForm);
        var faults = Parse("""{"t":"{{a}}","u":"text {{b}}"}""").FindFaults(data.RootElement);
        Assert.That(faults.Select(fault => fault.Field), Is.EqualTo(fields));
    }

    [TestCase("")]
    [TestCase("Score {{script}}")]
    [TestCase("[\"{{a}}\"]")]
    [TestCase("\"{{a}}\"")]
    [TestCase("""{"t":{{a}}}""")]
    [TestCase("""{"t":"{{a}}",}""")]
    [TestCase("""{"t":"x"}""")]
    [TestCase("""{}""")]
    [TestCase("""{"t":"{{a"}""")]
    [TestCase("""{"t":"{{}}"}""")]
    [TestCase("""{"t":"{{a b}}"}""")]
    [TestCase("""{"t":"{{{a}}}"}""")]
    [TestCase("""{"t":"{{a}}","t":"{{b}}"}""")]
    [TestCase("""{"{{a}}":"{{a}}"}""")]
    [TestCase("""{"t":[{"{{a}}":1}],"u":"{{a}}"}""")]
    [TestCase("""{"t":"{{a}}","model":"gpt-4o"}""")]
    [TestCase("""{"t":"{{model}}"}""")]
    public void What_is_no_template_is_refused(string text)
    {
        Assert.That(TemplateParser.TryParse("m", text, out _, out var fault), Is.False);
        Assert.That(fault, Is.Not.Empty);
    }

    private static Template Parse(string text)
    {
        Assert.That(TemplateParser.TryParse("m", text, out var template, out var fault), Is.True, fault);
        return template!;
    }

    private static string Render(Template template, string shortForm)
    {
        using var data = JsonDocument.Parse(shortForm);
        return Encoding.UTF8.GetString(template.Render(data.RootElement).Span);
    }

    private static string TextOf(string request) => JsonNode.Parse(request)!["t"]!.GetValue<string>();
}
