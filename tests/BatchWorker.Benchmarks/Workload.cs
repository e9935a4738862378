using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BatchWorker.Benchmarks;

/// <summary>The jobs that are posted and the answers that they must get.</summary>
internal sealed class Workload
{
    private readonly string[] _lines;
    private readonly string[] _echoes;

    public Workload(string file, int jobs)
    {
        _lines = [.. File.ReadLines(file).Where(IsRequestForOpenAi)];
        _echoes = Array.ConvertAll(_lines, EchoOf);
        Count = jobs > 0 ? jobs : _lines.Length;
    }

    public int Count { get; }

    /// <summary>What the simulator says when it has answered this very request.</summary>
    public string EchoAt(int job) => _echoes[job % _echoes.Length];

    /// <summary>The body of a wave, line by line.</summary>
    public void Write(Stream body, int from, int count)
    {
        for (var job = from; job < from + count; job++)
        {
            body.Write(Encoding.UTF8.GetBytes(_lines[job % _lines.Length]));
            body.Write("\n"u8);
        }
    }

    /// <summary>Short forms are left out: they are no requests yet.</summary>
    private static bool IsRequestForOpenAi(string line)
    {
        using var job = JsonDocument.Parse(line);
        return job.RootElement.GetProperty("provider").GetString() == "openai" && job.RootElement.GetProperty("data").TryGetProperty("model", out _);
    }

    private static string EchoOf(string line)
    {
        using var job = JsonDocument.Parse(line);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(job.RootElement.GetProperty("data").GetRawText())))[..16];
    }
}
