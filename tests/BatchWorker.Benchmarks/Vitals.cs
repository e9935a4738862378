using System.Globalization;

namespace BatchWorker.Benchmarks;

/// <summary>What a process holds, as /proc tells.</summary>
/// <param name="MiB">Memory in RAM.</param>
/// <param name="Files">Open files, sockets among them.</param>
/// <param name="Threads">Threads.</param>
internal readonly record struct Vitals(long MiB, int Files, int Threads)
{
    /// <summary>Null when the process is gone.</summary>
    public static Vitals? Of(int process)
    {
        try
        {
            var status = File.ReadLines($"/proc/{process}/status").ToArray();
            return new Vitals(Number(status, "VmRSS:") / 1024, Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(), (int)Number(status, "Threads:"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MiB} MiB {Files} files {Threads} threads");

    private static long Number(string[] status, string name) =>
        status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[name.Length..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture)
            : throw new IOException("The process is ending.");
}
