using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// One transition: values that must be as expected, then writes in the order in which any prefix of them can be finished.
/// Compared and written in one script, so nothing happens in between and nothing is written when a value differs.
/// </summary>
internal sealed class LedgerTransaction
{
    private readonly LedgerStore _store;
    private readonly bool _finishes;
    private readonly List<RedisKey> _keys;
    private readonly Dictionary<RedisKey, int> _numbers = [];
    private readonly List<RedisValue> _checks = [];
    private readonly List<RedisValue> _writes = [];
    private int _checkCount;
    private int _writeCount;

    internal LedgerTransaction(LedgerStore store, bool finishes)
    {
        _store = store;
        _finishes = finishes;
        _keys = [store.Keys.Lock];
        _numbers[store.Keys.Lock] = 1;
    }

    /// <summary>Fields of a hash must hold these values; an empty value means absent. At most 1,000.</summary>
    public LedgerTransaction Expect(RedisKey hash, IReadOnlyList<RedisValue> fields, IReadOnlyList<RedisValue> values)
    {
        _checkCount++;
        _checks.Add(NumberOf(hash));
        _checks.Add(fields.Count);
        _checks.AddRange(fields);
        _checks.AddRange(values);
        return this;
    }

    /// <inheritdoc cref="Expect(RedisKey, IReadOnlyList{RedisValue}, IReadOnlyList{RedisValue})"/>
    public LedgerTransaction Expect(RedisKey hash, RedisValue field, RedisValue value) => Expect(hash, [field], [value]);

    /// <summary>Adds a write; an empty list of arguments is a command on the key alone.</summary>
    public LedgerTransaction Write(string command, RedisKey key, params IReadOnlyList<RedisValue> arguments)
    {
        _writeCount++;
        _writes.Add(command);
        _writes.Add(NumberOf(key));
        _writes.Add(arguments.Count);
        _writes.AddRange(arguments);
        return this;
    }

    /// <summary>Runs it. Answers the numbers (from 0, over all expected fields) of the values that differed; none: it is done.</summary>
    public async Task<int[]> CommitAsync()
    {
        var arguments = new RedisValue[2 + _checks.Count + _writes.Count];
        arguments[0] = _checkCount;
        _checks.CopyTo(arguments, 1);
        arguments[1 + _checks.Count] = _writeCount;
        _writes.CopyTo(arguments, 2 + _checks.Count);
        var answer = (RedisResult[]?)await _store.TransactAsync(_finishes, [.. _keys], arguments);
        return answer is null ? [] : Array.ConvertAll(answer, number => (int)number - 1);
    }

    private int NumberOf(RedisKey key)
    {
        if (!_numbers.TryGetValue(key, out var number))
        {
            _keys.Add(key);
            number = _keys.Count;
            _numbers[key] = number;
        }
        return number;
    }
}
