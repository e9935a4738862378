using BatchWorker.Lifecycle;
using BatchWorker.Queue;

namespace BatchWorker.Batching;

/// <summary>
/// Lets jobs pass as long as budgets reach. What does not fit closes its cell for the rest of the drain: a smaller job behind it does not overtake it.
/// </summary>
internal sealed class BudgetGate(BudgetBook book, IReadOnlyDictionary<int, Lane> lanes, BudgetPicture picture)
{
    private readonly Dictionary<BudgetCell, decimal> _known = [];
    private readonly Dictionary<BudgetCell, decimal> _taken = [];
    private readonly Dictionary<long, Pledge> _open = [];
    private readonly HashSet<BudgetCell> _full = [];
    private readonly HashSet<BudgetCell> _fitting = [];
    private readonly HashSet<int> _over = [];
    private readonly Dictionary<int, long> _held = [];
    private BudgetPicture _picture = picture;
    private int _look;

    /// <summary>Jobs that were held, by lane.</summary>
    public IReadOnlyDictionary<int, long> Held => _held;

    /// <summary>Whether the job may be sent; a job that may counts from now on.</summary>
    public bool Admit(CandidateJob job) => Take(job.Job, new Pledge(job.Estimate!.Reserved, [.. book.Budgets.Select(budget => budget.CellOf(job.Lane, job.Values)).OfType<BudgetCell>()]));

    /// <summary>Whether no job of a lane may be sent any more.</summary>
    public bool IsOver(int lane) => _over.Contains(lane);

    /// <summary>Counts jobs that were not even looked at.</summary>
    public void Hold(int lane, long jobs) => _held[lane] = _held.GetValueOrDefault(lane) + jobs;

    /// <summary>What a claim of jobs that passed holds back.</summary>
    public ClaimTerms TermsOf(IReadOnlyList<WaitingJob> jobs) =>
        new(_picture.Claims, jobs.ToDictionary(job => job.Sequence, job => _open[job.Sequence].Pico));

    /// <summary>They are claimed: the ledger knows what they hold back.</summary>
    public void Claimed(IReadOnlyList<WaitingJob> jobs)
    {
        foreach (var job in jobs)
        {
            _open.Remove(job.Sequence);
        }
        _picture = _picture with { Claims = BudgetBook.Next(_picture.Claims) };
    }

    /// <summary>They are not sent by this drain after all.</summary>
    public void Drop(IEnumerable<WaitingJob> jobs)
    {
        foreach (var job in jobs)
        {
            if (_open.Remove(job.Sequence, out var pledge))
            {
                Count(pledge, -1);
            }
        }
    }

    /// <summary>Another drain has claimed meanwhile: what passed before the present look has to pass again.</summary>
    public async Task LookAgainAsync()
    {
        _picture = await book.ReadAsync();
        _look++;
        _known.Clear();
        _taken.Clear();
        foreach (var pledge in _open.Values)
        {
            Count(pledge, 1);
        }
    }

    /// <summary>Of jobs that are about to be claimed those that passed at an earlier look and do not any more.</summary>
    public IReadOnlyList<WaitingJob> JudgeAnew(IReadOnlyList<WaitingJob> jobs)
    {
        var pledges = jobs.Select(job => (Job: job, Pledge: _open[job.Sequence])).ToArray();
        if (pledges.All(one => one.Pledge.Look == _look))
        {
            return [];
        }
        Drop(jobs);
        return [.. pledges.Where(one => !Take(one.Job, one.Pledge)).Select(one => one.Job)];
    }

    /// <summary>Writes down which cells were found full, so that jobs can say why they wait.</summary>
    public Task NoteAsync() => book.NoteAsync(_picture.Today, _full, _fitting.Except(_full));

    private bool Take(WaitingJob job, Pledge pledge)
    {
        var exceeded = pledge.Cells.Where(cell => UsedOf(cell) + pledge.Pico > cell.Budget.CapPico).ToArray();
        if (exceeded.Length > 0)
        {
            Close(exceeded);
        }
        if (pledge.Cells.Any(_full.Contains))
        {
            Hold(job.Record.Lane, 1);
            return false;
        }
        _open[job.Sequence] = pledge with { Look = _look };
        _fitting.UnionWith(pledge.Cells);
        Count(pledge, 1);
        return true;
    }

    private void Close(IEnumerable<BudgetCell> cells)
    {
        foreach (var cell in cells.Where(_full.Add).Where(cell => cell.Budget.IsOfLane))
        {
            _over.UnionWith(lanes.Where(lane => cell.Value is null || lane.Value.JobType == cell.Value).Select(lane => lane.Key));
        }
    }

    private decimal UsedOf(BudgetCell cell)
    {
        if (!_known.TryGetValue(cell, out var known))
        {
            known = _known[cell] = _picture.SpentOf(cell) + _picture.HeldOf(cell);
        }
        return known + _taken.GetValueOrDefault(cell);
    }

    private void Count(Pledge pledge, int sign)
    {
        foreach (var cell in pledge.Cells)
        {
            _taken[cell] = _taken.GetValueOrDefault(cell) + (sign * pledge.Pico);
        }
    }

    /// <summary>What a job that passed holds back, and of which cells.</summary>
    private sealed record Pledge(long Pico, IReadOnlyList<BudgetCell> Cells)
    {
        /// <summary>The look at the budgets by which it passed.</summary>
        public int Look { get; init; }
    }
}
