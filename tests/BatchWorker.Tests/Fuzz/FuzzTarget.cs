namespace BatchWorker.Tests.Fuzz;

/// <summary>A parser of bytes that somebody else wrote.</summary>
/// <param name="Name">Its directory in the corpus.</param>
/// <param name="Check">Gives it an input; fails the test when the parser breaks a promise.</param>
/// <param name="Words">What a mutation puts in, besides bytes.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Check, params string[] Words)
{
    /// <summary>Stands for what a caller would not want to see in an error or a log.</summary>
    public const string Canary = "CANARY7f3aQ";

    /// <summary>What the parser may allocate, beside a multiple of its input.</summary>
    private const long MostAllocated = 8L << 20;

    private const long AllocatedForEachByte = 400;

    /// <summary>How many mutations the change set tries.</summary>
    public int Mutations { get; init; } = 3_000;

    public void Run(byte[] input)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Check(input);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(MostAllocated + (AllocatedForEachByte * input.Length)), "bytes allocated");
    }

    public override string ToString() => Name;
}
