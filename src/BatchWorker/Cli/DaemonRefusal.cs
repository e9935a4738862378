using System.Text.Json;
using BatchWorker.Control;
using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>Says what a daemon refused, in one line.</summary>
internal static class DaemonRefusal
{
    private const int LongestText = 500;

    public static async Task<StartRefusal> OfAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var status = (int)response.StatusCode;
            var text = await response.Content.ReadAsStringAsync();
            var said = response.Content.Headers.ContentType?.MediaType == Problem.ContentType ? Describe(text) : Cells.Clean(text.Length > LongestText ? text[..LongestText] : text);
            return new StartRefusal(ExitCodes.Of(status), $"The daemon answered {status}: {said}");
        }
    }

    private static string Describe(string problem)
    {
        using var document = JsonDocument.Parse(problem);
        var fields = Cells.Each(document.RootElement, "errors").Select(error => $"{Cells.Text(error, "pointer")}: {Cells.Text(error, "detail")}");
        return string.Join(" ", fields.Where(field => !Cells.Text(document.RootElement, "detail").Contains(field, StringComparison.Ordinal)).Prepend(Cells.Text(document.RootElement, "detail")));
    }
}
