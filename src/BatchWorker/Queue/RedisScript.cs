using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>One script of the ledger, embedded as a file.</summary>
/// <remarks>
/// Redis 7 refuses a script that begins with <c>#!lua</c> as a whole when memory is full, before its first write;
/// other stores do not know that line.
/// </remarks>
internal sealed class RedisScript
{
    private readonly string _source;

    private RedisScript(string source) => _source = source;

    public static RedisScript Load(string name, bool shebang)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream(name + ".lua")
            ?? throw new InvalidOperationException($"The script {name} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return new RedisScript((shebang ? "#!lua\n" : "") + reader.ReadToEnd());
    }

    public Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, RedisValue[] arguments) =>
        database.ScriptEvaluateAsync(_source, keys, arguments);
}
