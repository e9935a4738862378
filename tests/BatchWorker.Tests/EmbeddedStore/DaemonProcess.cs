using BatchWorker.Benchmarks;

namespace BatchWorker.Tests.EmbeddedStore;

/// <summary>The real daemon as a process with the embedded store in a directory of the test; it drains nothing and has no provider.</summary>
internal sealed class DaemonProcess : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bw-daemon-");

    public DaemonProcess(string memory = "16m")
    {
        var url = $"http://127.0.0.1:{Server.FreePort()}";
        Poster = new JobPoster(url);
        Server = new Server("daemon", "dotnet", [Assembly, "--urls", url], StoreKills.Environment(DataDirectory, memory), Path.Combine(_directory.FullName, "daemon.log"));
    }

    /// <summary>The daemon is built beside the tests.</summary>
    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "BatchWorker.dll");

    public Server Server { get; }

    public JobPoster Poster { get; }

    public string DataDirectory => Path.Combine(_directory.FullName, "data");

    public string StoreDirectory => Path.Combine(DataDirectory, "store");

    public string Log => File.ReadAllText(Path.Combine(_directory.FullName, "daemon.log"));

    public async Task StartAsync()
    {
        Server.Start();
        Assert.That(await Poster.IsReadyAsync(() => Server.HasEnded), Is.True, () => Log);
    }

    public void Dispose()
    {
        Server.Dispose();
        Poster.Dispose();
        _directory.Delete(recursive: true);
    }
}
