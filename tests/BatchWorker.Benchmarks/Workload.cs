using System.Text;

namespace BatchWorker.Benchmarks;

/// <summary>The jobs that are posted and the answers that they must get. The file is posted as it is; once it is used up, copies that differ follow.</summary>
internal sealed class Workload
{
    private readonly WorkloadLine[] _lines;

    public Workload(string file, int jobs)
    {
        _lines = [.. File.ReadLines(file).Select(line => new WorkloadLine(line))];
        Count = jobs > 0 ? jobs : _lines.Length;
    }

    public int Count { get; }

    public string ProviderOf(int job) => LineOf(job).Provider;

    public bool IsShortForm(int job) => LineOf(job).IsShortForm;

    /// <summary>What the simulator says when it has answered this very request.</summary>
    public string EchoAt(int job) => LineOf(job).Echo(CopyOf(job));

    public IEnumerable<string> WordsAt(int job) => LineOf(job).Words(CopyOf(job));

    /// <summary>The body of a wave, line by line.</summary>
    public void Write(Stream body, int from, int count)
    {
        for (var job = from; job < from + count; job++)
        {
            body.Write(Encoding.UTF8.GetBytes(LineOf(job).Text(CopyOf(job))));
            body.Write("\n"u8);
        }
    }

    private WorkloadLine LineOf(int job) => _lines[job % _lines.Length];

    private int CopyOf(int job) => job / _lines.Length;
}
