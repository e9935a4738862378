using System.CommandLine;
using System.Text.Json;

namespace BatchWorker.Cli.Operators;

/// <summary>A filter of a list: an option of the command, a parameter of the query.</summary>
/// <param name="Name">The parameter; <c>job_type</c> is the option <c>--job-type</c>.</param>
/// <param name="Help">What it takes.</param>
/// <param name="Words">Values for the completion; any may stand in a comma list.</param>
internal sealed record ListFilter(string Name, string Help, params string[] Words)
{
    public Option<string?> ToOption()
    {
        var option = new Option<string?>("--" + Name.Replace('_', '-')) { Description = Help };
        option.CompletionSources.Add(Words);
        return option;
    }
}

/// <summary>Adds to a command what every list has: its filters, a limit, a cursor.</summary>
internal sealed class ListCommand
{
    private const int DefaultLimit = 50;
    private readonly (string Name, Option<string?> Option)[] _filters;
    private readonly Option<int?> _limit = new("--limit") { Description = $"Most items; default {DefaultLimit}, with --json that of the API" };
    private readonly Option<string?> _cursor = new("--cursor") { Description = "With --json: next_cursor of the page before" };
    private readonly Option<bool> _all = new("--all") { Description = "Every item; with --json one line of JSON for each (NDJSON) instead of a page" };
    private readonly string _path;
    private readonly IReadOnlyList<Column> _columns;

    public ListCommand(OperatorCommand command, string path, IReadOnlyList<Column> columns, params ListFilter[] filters)
    {
        _path = path;
        _columns = columns;
        _filters = [.. filters.Select(filter => (filter.Name, filter.ToOption()))];
        command.With([.. _filters.Select(filter => filter.Option), _limit, _cursor, _all]);
    }

    /// <summary>Shows the list. Pages of JSON are those of the API.</summary>
    /// <param name="session">The command.</param>
    /// <param name="parsed">Its options.</param>
    /// <param name="only">Shows only such items; null: all.</param>
    /// <param name="more">More of the query, such as <c>active=true</c>.</param>
    public async Task<int> RunAsync(Session session, ParseResult parsed, Func<JsonElement, bool>? only = null, string? more = null)
    {
        var query = _filters.Where(filter => parsed.GetValue(filter.Option) is not null).Select(filter => $"{filter.Name}={Uri.EscapeDataString(parsed.GetValue(filter.Option)!)}").ToList();
        query.AddRange(more is null ? [] : [more]);
        if (session.Json && !parsed.GetValue(_all) && only is null)
        {
            query.AddRange(parsed.GetValue(_limit) is { } limit ? [$"limit={limit}"] : []);
            query.AddRange(parsed.GetValue(_cursor) is { } cursor ? ["cursor=" + Uri.EscapeDataString(cursor)] : []);
            await session.ShowAsync(Path(query), _ => { });
            return ExitCodes.Done;
        }
        await StreamAsync(session, Path(query), parsed.GetValue(_all) ? int.MaxValue : parsed.GetValue(_limit) ?? DefaultLimit, only);
        return ExitCodes.Done;
    }

    private string Path(List<string> query) => query.Count == 0 ? _path : $"{_path}?{string.Join('&', query)}";

    private async Task StreamAsync(Session session, string path, int limit, Func<JsonElement, bool>? only)
    {
        var items = new List<JsonElement>();
        var shown = 0;
        await foreach (var line in session.Client.LinesAsync(path, CancellationToken.None))
        {
            using var document = JsonDocument.Parse(line);
            if (only?.Invoke(document.RootElement) == false)
            {
                continue;
            }
            if (shown++ == limit)
            {
                session.Say($"There are more than {limit}: --limit or --all shows them.");
                break;
            }
            if (session.Json)
            {
                session.Print(line);
            }
            else
            {
                items.Add(document.RootElement.Clone());
            }
        }
        if (!session.Json)
        {
            TableWriter.Table(session.Output, items, _columns);
        }
    }
}
