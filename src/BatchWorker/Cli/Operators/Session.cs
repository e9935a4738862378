using System.CommandLine;
using System.Text;
using System.Text.Json;
using BatchWorker.Settings;

namespace BatchWorker.Cli.Operators;

/// <summary>One command and its daemon. Data goes to the output, everything said about it to the errors.</summary>
internal sealed class Session : IDisposable
{
    /// <summary>As long as the longest wait of the API, and a minute for the answer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3_660);

    private readonly InvocationConfiguration _streams;

    private Session(DaemonAddress daemon, bool json, InvocationConfiguration streams)
    {
        _streams = streams;
        Client = new DaemonClient(daemon, s_patience);
        Json = json;
    }

    public DaemonClient Client { get; }

    /// <summary>Whether the answers are shown as they come.</summary>
    public bool Json { get; }

    public DateTimeOffset Now { get; } = TimeProvider.System.GetUtcNow();

    /// <summary>Where data goes.</summary>
    public TextWriter Output => _streams.Output;

    public static Session Open(string? url, bool json, InvocationConfiguration streams) => new(CommandSettings.Find(url, CommandSettings.Read()), json, streams);

    /// <summary>Asks, and shows the answer as it came or in the way of <paramref name="show"/>.</summary>
    public async Task<JsonElement> ShowAsync(HttpMethod method, string path, object? body, Action<JsonElement> show)
    {
        using var content = body is null ? null : new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        var text = await Client.TextAsync(method, path, content);
        using var document = JsonDocument.Parse(text);
        var answer = document.RootElement.Clone();
        if (Json)
        {
            Print(text);
        }
        else
        {
            show(answer);
        }
        return answer;
    }

    public Task<JsonElement> ShowAsync(string path, Action<JsonElement> show) => ShowAsync(HttpMethod.Get, path, null, show);

    public void Print(string line) => _streams.Output.WriteLine(line);

    public void Say(string line) => _streams.Error.WriteLine(line);

    /// <summary>For what has no end to its line, such as a question.</summary>
    public void Ask(string question) => _streams.Error.Write(question);

    /// <summary>One of several things; the others are tried whatever comes of it.</summary>
    public Task<int> TryAsync(Func<Task<int>> act) => CommandLine.GuardAsync(_streams.Error, act);

    public void Dispose() => Client.Dispose();
}
