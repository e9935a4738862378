using System.Diagnostics.CodeAnalysis;

namespace BatchWorker.Lifecycle;

/// <summary>The id of a run: <c>run_</c> and 26 characters.</summary>
internal readonly record struct RunId(Ulid Value)
{
    private const string Prefix = "run_";

    /// <summary>The ledger's number of the run.</summary>
    public long Sequence => Value.Sequence;

    /// <summary>Reads an id; false for anything that no ledger can have given out.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out RunId id)
    {
        var known = Ulid.TryParse(text, Prefix, out var value);
        id = new RunId(value);
        return known;
    }

    public override string ToString() => Prefix + Value;
}
