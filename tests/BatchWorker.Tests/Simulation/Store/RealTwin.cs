using System.Globalization;
using BatchWorker.Tests.Fixtures;
using StackExchange.Redis;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>A real store that gets every call that the model gets, with the real scripts; each answer must be the model's, and at the end every key.</summary>
internal sealed class RealTwin(IDatabase database, string ns)
{
    public void Compare(StoreCall call, object? expected)
    {
        var answer = Invoke(call);
        if (call.Name is not ("PingAsync" or "ExecuteAsync") && Show(answer) != Show(expected))
        {
            throw new AssertionException($"{call}: the store says {Show(answer)}, the model {Show(expected)}.");
        }
    }

    public void CutOff(StoreCall call, int writes)
    {
        var source = (string)call.Arguments[0]!;
        var head = source.StartsWith("#!lua\n", StringComparison.Ordinal) ? "#!lua\n" : "";
        try
        {
            Invoke(call with { Arguments = [head + CutOffScript.Head(writes) + source[head.Length..], .. call.Arguments.Skip(1)] });
        }
        catch (RedisServerException)
        {
            return;
        }
        throw new AssertionException($"{call} was not cut off after {writes} writes.");
    }

    /// <summary>Every key of the history, on both sides.</summary>
    public void CompareAll(ModelStore model)
    {
        var keys = new List<string>();
        foreach (var server in database.Multiplexer.GetServers())
        {
            keys.AddRange(server.Keys(pattern: "{" + ns + "}:*", pageSize: 1000).Select(key => Bytes.Of(key)));
        }
        var known = model.Hashes.Where(hash => hash.Value.Count > 0).Select(hash => hash.Key)
            .Concat(model.Sets.Where(set => set.Value.Count > 0).Select(set => set.Key)).Concat(model.Strings.Keys);
        Assert.That(keys, Is.EquivalentTo(known));
        foreach (var (key, hash) in model.Hashes)
        {
            var real = database.HashGetAll((RedisKey)Bytes.Raw(key)).Select(field => (Bytes.Of(field.Name), Bytes.Of(field.Value)));
            Assert.That(real, Is.EquivalentTo(hash.Select(field => (field.Key, field.Value))), key);
        }
        foreach (var (key, set) in model.Sets)
        {
            var real = database.SortedSetRangeByRankWithScores((RedisKey)Bytes.Raw(key)).Select(entry => (entry.Score, Bytes.Of(entry.Element)));
            Assert.That(real, Is.EqualTo(set.Order), key);
        }
        foreach (var (key, value) in model.Strings)
        {
            Assert.That(Bytes.Of(database.StringGet((RedisKey)Bytes.Raw(key))), Is.EqualTo(value), key);
        }
    }

    /// <summary>Waits here: while the store works, nothing else of the history goes on.</summary>
    private object? Invoke(StoreCall call)
    {
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = (Task)call.Method.Invoke(database, call.Arguments)!;
            task.GetAwaiter().GetResult();
            return ((dynamic)task).Result;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    private static string Show(object? answer) => answer switch
    {
        null => "nothing",
        RedisValue value => value.IsNull ? "nothing" : "'" + Bytes.Of(value) + "'",
        RedisValue[] values => string.Join(",", values.Select(value => Show(value))),
        SortedSetEntry[] entries => string.Join(",", entries.Select(entry => Show(entry.Element) + Show(entry.Score))),
        RedisResult result => result.Length < 0 ? Show((RedisValue)result) : string.Join(",", ((RedisResult[])result!).Select(Show)),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => answer.ToString()!,
    };
}
