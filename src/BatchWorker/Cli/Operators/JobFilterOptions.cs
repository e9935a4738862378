using System.CommandLine;
using System.CommandLine.Parsing;

namespace BatchWorker.Cli.Operators;

/// <summary>The options that name many jobs at once.</summary>
internal sealed class JobFilterOptions
{
    private readonly (string Name, Option<string?> Option)[] _filters =
    [
        .. new[] { Words.JobStatus, Words.JobType, Words.Provider, new ListFilter("batch_id", "Jobs of this batch"), new ListFilter("error_code", "Jobs that ended with this code") }
            .Select(filter => (filter.Name, filter.ToOption())),
    ];

    private readonly Option<bool> _every = new("--every") { Description = "All jobs that the action can change" };
    private readonly Option<int?> _most = new("--max") { Description = "Most jobs, the newest first" };

    public Option<bool> DryRun { get; } = new("--dry-run") { Description = "Only count them" };

    public Option<bool> Yes { get; } = new("--yes") { Description = "Do not ask" };

    public IEnumerable<Symbol> All => [.. _filters.Select(filter => filter.Option), _every, _most, DryRun, Yes];

    public bool IsGiven(SymbolResult result) => result.GetValue(_every) || _filters.Any(filter => result.GetValue(filter.Option) is not null);

    public object Body(ParseResult parsed, bool dryRun) => new Dictionary<string, object?>
    {
        ["filter"] = _filters.Where(filter => parsed.GetValue(filter.Option) is not null).ToDictionary(filter => filter.Name, filter => parsed.GetValue(filter.Option)),
        ["max"] = parsed.GetValue(_most),
        ["dry_run"] = dryRun,
    };
}
