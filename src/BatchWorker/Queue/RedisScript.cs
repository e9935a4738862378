using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>One script of the ledger, embedded as a file.</summary>
internal sealed class RedisScript
{
    private readonly string _source;

    private RedisScript(string source) => _source = source;

    /// <param name="name">The file without its ending.</param>
    /// <param name="head">What stands before it, see <see cref="LedgerOptions.ScriptHead"/>.</param>
    public static RedisScript Load(string name, string head)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return new RedisScript(head + reader.ReadToEnd());
    }

    public Task<RedisResult> RunAsync(LedgerDatabase database, RedisKey[] keys, RedisValue[] arguments) =>
        database.ScriptEvaluateAsync(_source, keys, arguments);
}
