using StackExchange.Redis;

namespace BatchWorker.Tests.Fixtures;

/// <summary>
/// Cuts a script off before one of its writes. The store does not take back what the script has written by then, so what stays is
/// exactly what a store leaves that dies there.
/// </summary>
internal static class CutOffScript
{
    /// <summary>In the message of the error.</summary>
    public const string Word = "cut off";

    public static string Head(int write) => $$"""
        local redis = (function()
          local real, left = redis, {{write}}
          local reads = { HGET = true, HMGET = true, TIME = true }
          return { call = function(command, ...)
            if not reads[command] then
              if left == 0 then error('{{Word}}') end
              left = left - 1
            end
            return real.call(command, ...)
          end }
        end)()

        """.ReplaceLineEndings("\n");

    /// <summary>Cuts a script off before the first write that has this among its arguments.</summary>
    public static string HeadBefore(string argument) => $$"""
        local redis = (function()
          local real = redis
          local reads = { HGET = true, HMGET = true, TIME = true }
          return { call = function(command, ...)
            for _, value in ipairs({...}) do
              if value == '{{argument}}' and not reads[command] then error('{{Word}}') end
            end
            return real.call(command, ...)
          end }
        end)()

        """.ReplaceLineEndings("\n");

    /// <summary>Acts on a ledger once for every number of writes after which its script may be cut off, each time on a ledger of its own.</summary>
    /// <param name="arrange">Makes a ledger.</param>
    /// <param name="act">The verb; runs on the store that is cut off.</param>
    /// <param name="recover">What the daemon does afterwards, and what must be true then.</param>
    /// <returns>The writes of the script.</returns>
    public static async Task<int> AtEveryWriteAsync<T>(Func<Task<(LedgerHarness Ledger, T Scene)>> arrange, Func<LedgerHarness, T, Task> act, Func<LedgerHarness, T, Task> recover)
    {
        for (var write = 0; ; write++)
        {
            var (ledger, scene) = await arrange();
            var isWhole = await IsWholeAsync(act(ledger.CutOffBefore(write), scene));
            await recover(ledger, scene);
            if (isWhole)
            {
                return write;
            }
        }
    }

    private static async Task<bool> IsWholeAsync(Task act)
    {
        try
        {
            await act;
            return true;
        }
        catch (RedisServerException cut) when (cut.Message.Contains(Word, StringComparison.Ordinal))
        {
            return false;
        }
    }
}
