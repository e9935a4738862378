using System.Text;
using BatchWorker.Archive;
using BatchWorker.Lifecycle;
using CsCheck;

namespace BatchWorker.Tests.Archive;

/// <summary>Results to store, and how two are compared: records compare the identity of bytes, not their content.</summary>
internal static class Results
{
    private static readonly Gen<JobError> s_error = Gen.Select(Gen.String[1, 40], Gen.String[0, 400], Gen.Bool, (code, message, retryable) => new JobError(Clean(code), Clean(message), retryable));

    /// <summary>Answers and failures of any kind; now and then one that is larger than a frame.</summary>
    public static readonly Gen<ArchivedResult> Any = Gen.Select(
        Gen.Long[0, long.MaxValue],
        Gen.Frequency((8, Gen.Byte.Array[0, 3000]), (2, Gen.Byte.Array[60_000, 140_000]), (1, Gen.Byte.Array[260_000, 400_000])),
        s_error.Null(),
        (sequence, body, error) => new ArchivedResult(sequence, error is null ? body : default(ReadOnlyMemory<byte>), error));

    public static ArchivedResult Answer(long sequence, string text) => new(sequence, Encoding.UTF8.GetBytes(text), null);

    public static string Text(ArchivedResult? result) =>
        result is null ? "nothing" : $"{result.JobSequence} {Convert.ToHexString(result.Body.Span)} {result.Error}";

    /// <summary>Half a surrogate pair is no text; .NET writes a replacement for it.</summary>
    private static string Clean(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
