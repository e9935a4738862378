using System.Globalization;

namespace BatchWorker.Tests.Fuzz;

/// <summary>
/// Every parser of foreign bytes with the corpus and with mutations of it. So many times more of them, from a seed of their own:
/// <c>FUZZ_TIMES=100 FUZZ_SEED=7 dotnet test --filter FullyQualifiedName~More_mutations</c>; what breaks a promise is kept in the corpus.
/// </summary>
internal sealed class FuzzTests
{
    private static readonly FuzzTarget[] s_targets = [.. IntakeTargets.All, .. ResultTargets.All, .. SettingsTargets.All, .. WordTargets.All];

    [TestCaseSource(nameof(s_targets))]
    public void The_corpus_breaks_no_promise(FuzzTarget target)
    {
        var corpus = Corpus.Of(target);
        Assert.That(corpus, Is.Not.Empty);
        foreach (var (name, input) in corpus)
        {
            Assert.That(() => target.Run(input), Throws.Nothing, name);
        }
    }

    [TestCaseSource(nameof(s_targets))]
    public void Mutations_of_the_corpus_break_no_promise(FuzzTarget target)
    {
        var mutator = MutatorOf(target, seed: 1);
        for (var i = 0; i < target.Mutations; i++)
        {
            var input = mutator.Next();
            Assert.That(() => target.Run(input), Throws.Nothing, () => $"mutation {i}: {Convert.ToBase64String(input)}");
        }
    }

    [TestCaseSource(nameof(s_targets)), Category("Long"), Explicit("For as many mutations as there is time.")]
    public void More_mutations(FuzzTarget target)
    {
        var (seed, most) = (Number("FUZZ_SEED", 2), Number("FUZZ_TIMES", 10) * target.Mutations);
        var mutator = MutatorOf(target, seed);
        var found = new Dictionary<string, string>();
        for (var i = 0; i < most && found.Count < 10; i++)
        {
            Try(target, mutator.Next(), found);
        }
        TestContext.Progress.WriteLine($"{target.Name}: {most} mutations, seed {seed}, {found.Count} kinds of findings");
        Assert.That(found, Is.Empty);
    }

    /// <summary>Of findings with the same first line one is kept.</summary>
    private static void Try(FuzzTarget target, byte[] input, Dictionary<string, string> found)
    {
        try
        {
            target.Run(input);
        }
        catch (Exception broken)
        {
            var kind = $"{broken.GetType().Name} {broken.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("BatchWorker", StringComparison.Ordinal))?.Trim()}";
            if (!found.ContainsKey(kind))
            {
                found[kind] = Corpus.Keep(target, input);
                TestContext.Progress.WriteLine($"{target.Name}: {found[kind]}: {kind}: {broken.Message}");
            }
        }
    }

    private static Mutator MutatorOf(FuzzTarget target, int seed) => new([.. Corpus.Of(target).Select(kept => kept.Bytes)], target.Words, seed);

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
