using System.Text;

namespace BatchWorker.Benchmarks;

/// <summary>The jobs that are posted and the answers that they must get. The lines are posted as they are; once they are used up, copies that differ follow.</summary>
internal sealed class Workload
{
    private readonly IReadOnlyList<WorkloadLine> _lines;

    /// <param name="lines">What is posted, in this order.</param>
    /// <param name="jobs">How many; 0 for each line once.</param>
    public Workload(IReadOnlyList<WorkloadLine> lines, int jobs)
    {
        _lines = lines;
        Count = jobs > 0 ? jobs : lines.Count;
    }

    public int Count { get; }

    public static Workload Read(string file, int jobs) => new([.. File.ReadLines(file).Select(line => new WorkloadLine(line))], jobs);

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

    private WorkloadLine LineOf(int job) => _lines[job % _lines.Count];

    private int CopyOf(int job) => job / _lines.Count;
}
