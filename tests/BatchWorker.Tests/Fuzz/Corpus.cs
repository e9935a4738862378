using System.Security.Cryptography;
using BatchWorker.Tests.Architecture;

namespace BatchWorker.Tests.Fuzz;

/// <summary>Inputs that are kept: examples of each kind, and every one that ever broke a promise.</summary>
internal static class Corpus
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(FuzzTarget target) =>
        [.. Directory.EnumerateFiles(PathOf(target)).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path)))];

    /// <summary>Keeps an input that broke a promise; its name.</summary>
    public static string Keep(FuzzTarget target, byte[] input)
    {
        var name = "found-" + Convert.ToHexStringLower(SHA256.HashData(input))[..8];
        File.WriteAllBytes(Path.Combine(PathOf(target), name), input);
        return name;
    }

    private static string PathOf(FuzzTarget target) => Path.Combine(House.Root, "tests", "BatchWorker.Tests", "Fuzz", "corpus", target.Name);
}
