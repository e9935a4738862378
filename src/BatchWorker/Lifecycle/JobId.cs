using System.Diagnostics.CodeAnalysis;

namespace BatchWorker.Lifecycle;

/// <summary>The id of a job: <c>job_</c> and 26 characters.</summary>
internal readonly record struct JobId(Ulid Value)
{
    private const string Prefix = "job_";

    /// <summary>The ledger's number of the job.</summary>
    public long Sequence => Value.Sequence;

    /// <summary>Reads an id; false for anything that no ledger can have given out.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId id)
    {
        var known = Ulid.TryParse(text, Prefix, out var value);
        id = new JobId(value);
        return known;
    }

    public override string ToString() => Prefix + Value;
}
