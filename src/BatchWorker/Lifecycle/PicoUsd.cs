namespace BatchWorker.Lifecycle;

/// <summary>Money is counted in whole pico-USD, 10^-12 USD, and shown in USD.</summary>
internal static class PicoUsd
{
    private const decimal PerUsd = 1_000_000_000_000m;

    public static decimal ToUsd(decimal pico) => pico / PerUsd;
}
