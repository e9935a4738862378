using BatchWorker.Settings;

namespace BatchWorker.Cli;

/// <summary>The daemon that a command speaks to: the one that runs on the data directory, else one of its own for as long as it takes.</summary>
internal sealed class LocalDaemon : IAsyncDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";
    private readonly RunningDaemon? _own;

    private LocalDaemon(DaemonAddress address, RunningDaemon? own)
    {
        Address = address;
        Client = new DaemonClient(address);
        _own = own;
    }

    public DaemonAddress Address { get; }

    public DaemonClient Client { get; }

    /// <summary>Finds or starts it; refused when the directory is taken and nobody answers.</summary>
    public static async Task<LocalDaemon> FindAsync()
    {
        var data = CommandSettings.DataDirectory(CommandSettings.Read());
        return DataDirectory.IsTaken(data) ? await ReachAsync(data) : await StartAsync(new DaemonStart { Urls = AnyPort, Quiet = true });
    }

    /// <summary>Starts one of its own.</summary>
    public static async Task<LocalDaemon> StartAsync(DaemonStart start)
    {
        var own = await RunningDaemon.StartAsync(start with { Urls = start.Urls ?? AnyPort });
        return new LocalDaemon(own.Address, own);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync();
        }
    }

    /// <summary>Until somebody stops it.</summary>
    public Task WaitAsync() => _own?.WaitAsync() ?? Task.CompletedTask;

    private static async Task<LocalDaemon> ReachAsync(string data)
    {
        var silent = new StartRefusal(StartRefusal.InUse, $"BATCH_DATA_DIR: {data} is in use by another process, and no daemon answers for it.");
        if (DataDirectory.AddressIn(data) is not { } address)
        {
            throw silent;
        }
        var daemon = new LocalDaemon(address, own: null);
        if (await daemon.Client.AskAsync("/health/live") is not null)
        {
            return daemon;
        }
        daemon.Client.Dispose();
        throw silent;
    }
}
