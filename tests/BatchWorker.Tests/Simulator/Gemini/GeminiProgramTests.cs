using System.Diagnostics;
using System.Text.Json;

namespace BatchWorker.Tests.Simulator.Gemini;

internal sealed class GeminiProgramTests
{
    [Test]
    public async Task The_program_says_where_its_gemini_is_and_takes_the_key_that_it_was_given()
    {
        using var program = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "BatchWorker.Simulator.dll"), "--gemini-key", "AIza-of-the-test" },
            RedirectStandardOutput = true,
        })!;
        try
        {
            var said = new Dictionary<string, string>();
            while (!said.ContainsKey("GEMINI_API_KEY") && await program.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is { } line)
            {
                var at = line.IndexOf('=', StringComparison.Ordinal);
                said[at < 0 ? line : line[..at]] = line[(at + 1)..];
            }
            Assert.That(said["GEMINI_API_KEY"], Is.EqualTo("AIza-of-the-test"));
            using var http = new HttpClient();
            http.DefaultRequestHeaders.Add("x-goog-api-key", said["GEMINI_API_KEY"]);
            Assert.That(JsonElement.Parse(await http.GetStringAsync($"{said["GEMINI_BASE_URL"]}/v1beta/batches")).ToString(), Is.EqualTo("{}"));
        }
        finally
        {
            program.Kill();
        }
    }
}
