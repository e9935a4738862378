namespace BatchWorker.Tests.Cli;

/// <summary>A command in this process: what it printed, what it said, and how it ended.</summary>
internal sealed record Spoken(int ExitCode, string Output, string Errors)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static async Task<Spoken> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var code = await BatchWorker.Cli.CommandLine.RunAsync(arguments, output, errors);
        return new Spoken(code, output.ToString(), errors.ToString());
    }
}
