using System.Collections.Concurrent;
using System.Globalization;
using StackExchange.Redis;

namespace BatchWorker.Queue;

/// <summary>
/// Numbers for words that recur, so that a record holds two bytes instead of text. A number is never given twice and never taken back.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="kind">Which set of words.</param>
/// <param name="most">How many words there may be.</param>
internal sealed class Words(LedgerStore store, string kind, int most)
{
    private const string Count = "#";
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, string> _words = new();

    private RedisKey Key => store.Keys.Words(kind);

    /// <summary>The number of a word, given now if it is new; null when there are too many.</summary>
    public async Task<int?> NumberOfAsync(string word)
    {
        if (_numbers.TryGetValue(word, out var known))
        {
            return known;
        }
        for (; ; )
        {
            var found = await store.Database.HashGetAsync(Key, [">" + word, Count]);
            if (found[0].HasValue)
            {
                return Remember((int)found[0], word);
            }
            var number = (found[1].HasValue ? (int)found[1] : 0) + 1;
            if (number > most)
            {
                return null;
            }
            var differ = await store.Begin()
                .Expect(Key, [">" + word, Count], [RedisValue.EmptyString, found[1].HasValue ? found[1] : RedisValue.EmptyString])
                .Write("HSET", Key, ">" + word, number, number.ToString(CultureInfo.InvariantCulture), word, Count, number)
                .CommitAsync();
            if (differ.Length == 0)
            {
                return Remember(number, word);
            }
        }
    }

    /// <summary>The word of a number that was given.</summary>
    public async Task<string> WordOfAsync(int number)
    {
        if (_words.TryGetValue(number, out var known))
        {
            return known;
        }
        var word = await store.Database.HashGetAsync(Key, number);
        if (!word.HasValue)
        {
            throw new InvalidDataException($"The ledger has no word {number} of kind {kind}.");
        }
        Remember(number, word!);
        return word!;
    }

    /// <summary>Every number given so far, with its word.</summary>
    public async Task<IReadOnlyList<KeyValuePair<int, string>>> AllAsync()
    {
        var count = await store.Database.HashGetAsync(Key, Count);
        for (var number = 1; number <= (count.HasValue ? (int)count : 0); number++)
        {
            await WordOfAsync(number);
        }
        return [.. _words.OrderBy(word => word.Key)];
    }

    private int Remember(int number, string word)
    {
        _numbers[word] = number;
        _words[number] = word;
        return number;
    }
}
