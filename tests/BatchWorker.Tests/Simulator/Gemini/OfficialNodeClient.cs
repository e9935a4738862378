using System.ComponentModel;
using System.Diagnostics;

namespace BatchWorker.Tests.Simulator.Gemini;

/// <summary>Google's client for Node in a temporary directory of its own, with the script that uses it.</summary>
internal sealed class OfficialNodeClient : IDisposable
{
    private const string Package = "@google/genai@3.1.0";
    private const string Script = "official-client.mjs";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public DirectoryInfo Directory { get; } = System.IO.Directory.CreateTempSubdirectory("official-gemini-client-");

    /// <summary>Installs the client.</summary>
    /// <returns>What is missing; null for nothing.</returns>
    public async Task<string?> InstallAsync()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Simulator", "Gemini", Script), Path.Combine(Directory.FullName, Script));
        await File.WriteAllTextAsync(Path.Combine(Directory.FullName, "package.json"), """{"private":true,"type":"module"}""");
        if (await RunAsync("node", ["--version"]) is { ExitCode: not 0 } node)
        {
            return $"No Node: {node.Output}";
        }
        return await RunAsync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", Package]) is { ExitCode: not 0 } npm
            ? $"{Package} cannot be installed: {npm.Output}"
            : null;
    }

    public Task<(int ExitCode, string Output)> RunScriptAsync(params (string Name, string Value)[] environment) => RunAsync("node", [Script], environment);

    public void Dispose() => Directory.Delete(recursive: true);

    private async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Directory.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Patience);
            return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
        }
        catch (Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
