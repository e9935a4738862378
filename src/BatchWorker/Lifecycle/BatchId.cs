using System.Diagnostics.CodeAnalysis;

namespace BatchWorker.Lifecycle;

/// <summary>The id of a batch: <c>batch_</c> and 26 characters.</summary>
internal readonly record struct BatchId(Ulid Value)
{
    private const string Prefix = "batch_";

    /// <summary>The ledger's number of the batch.</summary>
    public long Sequence => Value.Sequence;

    /// <summary>Reads an id; false for anything that no ledger can have given out.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out BatchId id)
    {
        var known = Ulid.TryParse(text, Prefix, out var value);
        id = new BatchId(value);
        return known;
    }

    public override string ToString() => Prefix + Value;
}
