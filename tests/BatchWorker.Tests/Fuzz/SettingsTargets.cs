using System.Text;
using System.Text.Json;
using BatchWorker.Control;
using BatchWorker.Costs;
using BatchWorker.JobTypes;
using BatchWorker.Lifecycle;
using BatchWorker.Settings;
using Microsoft.Extensions.Configuration;

namespace BatchWorker.Tests.Fuzz;

/// <summary>What operators write: a mistake is one line that names its place, never a stack trace.</summary>
internal static class SettingsTargets
{
    /// <summary>These say what the file system said, and with it the path.</summary>
    private const string PricesFile = "BATCH_PRICES_FILE";

    public static FuzzTarget[] All { get; } =
    [
        new("settings", CheckSettings, "\nBATCH_", "BATCH_SCHEDULE_CRON=", "REDIS_URL=", "BATCH_API_KEYS=", "_FILE=", "Batch:JobTypes:own:openai:Template=", "redis://", "?", "* ", "file:", ",", "00:00") { Mutations = 300 },
        new("keys", CheckKeys, ":read:", "+operate", "name:", "aaaaaaaaaaaaaaaaaaaa"),
        new("prices", CheckPrices, "provider,model,above_input_tokens,input,output,cached_input,batch_input,batch_output,batch_cached_input,source,as_of", "\nopenai,m,0,1,1,,,,,v,2026-10", "79228162514264337593543950335", "#"),
        new("template", CheckTemplate, "{{word}}", "\"{{word}}\"", "\\\"", "\"messages\":[]", "{{ a }}", "\"model\":1"),
    ];

    private static void CheckSettings(byte[] input)
    {
        var given = Encoding.UTF8.GetString(input).Split('\n')
            .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2 && pair[0].Length > 0)
            .DistinctBy(pair => pair[0], StringComparer.OrdinalIgnoreCase)
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1].Replace("\\0", "\0", StringComparison.Ordinal)));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(given).Build();
        try
        {
            var settings = DaemonSettings.Read(new SettingsReader(configuration));
            Assert.That(settings.Schedule.NextAfter(DateTimeOffset.UnixEpoch), Is.Null.Or.GreaterThan(DateTimeOffset.UnixEpoch));
        }
        catch (StartRefusal refusal)
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(StartRefusal.Configuration));
            Assert.That(refusal.Message, Does.Match("^(BATCH_|REDIS_URL|OPENAI_|ANTHROPIC_|GEMINI_|Batch:)").And.Contain(": ").And.Not.Contain("\n"));
            Assert.That(refusal.Message.StartsWith(PricesFile, StringComparison.Ordinal) || !refusal.Message[refusal.Message.IndexOf(": ", StringComparison.Ordinal)..].Contains(FuzzTarget.Canary, StringComparison.Ordinal), "a value is repeated");
        }
    }

    private static void CheckKeys(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        if (!ApiKeys.TryParse(text, out var keys))
        {
            return;
        }
        foreach (var entry in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = entry.Split(':');
            var found = keys.Find(parts[2])!;
            Assert.That(found.Scopes, Is.Not.Empty);
            Assert.That(keys.Find(parts[2] + "x")?.Name, Is.Not.EqualTo(parts[0]));
        }
    }

    private static void CheckPrices(byte[] input)
    {
        try
        {
            var book = new PriceBook([.. PriceFile.Read(new StringReader(Encoding.UTF8.GetString(input)))]);
            foreach (var provider in ProviderNames.All)
            {
                var cost = book.CostOf(provider, "m", new Usage(uint.MaxValue, uint.MaxValue, 7, 7, 7));
                Assert.That(cost is null or { Realtime: >= 0, Batch: >= 0 });
            }
        }
        catch (InvalidDataException refused)
        {
            Assert.That(refused.Message, Is.Not.Empty);
        }
    }

    private static void CheckTemplate(byte[] input)
    {
        if (!TemplateParser.TryParse("gpt-4o", Encoding.UTF8.GetString(input), out var template, out var fault))
        {
            Assert.That(fault, Is.Not.Empty.And.Not.Contain(FuzzTarget.Canary));
            return;
        }
        var values = template.Fields.ToDictionary(field => field, _ => "x\"\\\u00e9");
        using var sample = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(values));
        Assert.That(template.FindFaults(sample.RootElement), Is.Empty);
        using var request = JsonDocument.Parse(template.Render(sample.RootElement));
        Assert.That(request.RootElement.GetProperty("model").GetString(), Is.EqualTo("gpt-4o"));
    }
}
