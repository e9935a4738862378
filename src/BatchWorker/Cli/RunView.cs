using Spectre.Console;

namespace BatchWorker.Cli;

/// <summary>Shows the progress of a run: a live display on a terminal, a line for each change elsewhere.</summary>
internal abstract class RunView
{
    public static RunView Open() => AnsiConsole.Profile.Out.IsTerminal ? new LiveView() : new LineView();

    public abstract Task ShowAsync(IAsyncEnumerable<RunProgress> run);

    private static string Describe(RunProgress run) =>
        $"{run.Jobs} jobs in {run.Batches.Count} batches, {run.Ended} have an outcome, {run.OpenBatches} batches are open";

    private sealed class LineView : RunView
    {
        public override async Task ShowAsync(IAsyncEnumerable<RunProgress> run)
        {
            var last = "";
            await foreach (var seen in run)
            {
                var line = Describe(seen);
                if (line != last)
                {
                    Console.WriteLine(line);
                    last = line;
                }
            }
        }
    }

    private sealed class LiveView : RunView
    {
        public override Task ShowAsync(IAsyncEnumerable<RunProgress> run) => AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new ElapsedTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("Draining");
                await foreach (var seen in run)
                {
                    bar.Description = Markup.Escape(Describe(seen));
                    bar.MaxValue = Math.Max(1, seen.Jobs);
                    bar.Value = seen.Ended;
                }
            });
    }
}
