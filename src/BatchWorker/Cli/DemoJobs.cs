using System.Text.Json;

namespace BatchWorker.Cli;

/// <summary>The jobs of the demonstration: every provider, every shipped job type, short forms and whole requests.</summary>
internal static class DemoJobs
{
    private const int Each = 40;

    private static readonly string[] s_products = ["a folding bicycle", "oat milk", "a night train", "noise-cancelling headphones", "a language course", "rain boots", "a bookshop", "solar lamps"];
    private static readonly string[] s_niches = ["commuters", "students", "new parents", "hikers", "night owls"];
    private static readonly string[] s_tones = ["Short and dry.", "Warm, with a story.", "A question at the start.", "Numbers first.", "One pun, not more."];

    /// <summary>A job that a caller may try by hand.</summary>
    public static string Example { get; } = Line(new { job_type = "creative_scoring", provider = "openai", priority = 9, data = new { creative_id = "mine", script = "Sleep on the way.", niche = "commuters" } });

    /// <summary>One line of JSON for each job.</summary>
    public static IEnumerable<string> All() => Enumerable.Range(0, Each).SelectMany(i => new object[]
    {
        Scoring("openai", i),
        Scoring("anthropic", i),
        Scoring("gemini", i),
        Job("embedding_generation", "openai", i, new { input = Script(i) }),
        Job("embedding_generation", "gemini", i, new { input = Script(i + 1) }),
        Job("video_analysis", "gemini", i, new { video_url = $"https://www.youtube.com/watch?v=demo{i:D4}", analysis_type = i % 2 == 0 ? "pacing" : "claims" }),
        Job("historical_reprocessing", "openai", i, new { model = "gpt-4o-mini", input = "Summarise in one sentence: " + Script(i + 2) }),
        Job("historical_reprocessing", "anthropic", i, new { model = "claude-haiku-4-5", max_tokens = 200, messages = new[] { new { role = "user", content = "Which claims does this make? " + Script(i + 3) } } }),
        Job("training_data_prep", "openai", i, new { model = "gpt-4o-mini", messages = new[] { new { role = "user", content = "Write two variants: " + Script(i + 4) } } }),
    }).Select(Line);

    private static object Scoring(string provider, int i) =>
        Job("creative_scoring", provider, i, new { creative_id = $"creative-{i:D4}", script = Script(i), niche = s_niches[i % s_niches.Length] });

    private static object Job(string type, string provider, int i, object data) =>
        new { job_type = type, provider, priority = 1 + (i % 10), data, metadata = new { campaign = "demo-" + (i % 4) } };

    private static string Script(int i) =>
        $"An advertisement of twenty seconds for {s_products[i % s_products.Length]}, made for {s_niches[i % s_niches.Length]}. {s_tones[i % s_tones.Length]} Version {i}.";

    private static string Line(object job) => JsonSerializer.Serialize(job);
}
