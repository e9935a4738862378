using BatchWorker.Simulator.Engine;
using BatchWorker.Simulator.Faults;
using BatchWorker.Simulator.Ledger;
using BatchWorker.Simulator.OpenAi;

namespace BatchWorker.Simulator;

/// <summary>The state of the simulated providers.</summary>
internal sealed class Simulation
{
    public Simulation(SimulatorOptions options, string directory, TimeProvider time)
    {
        Shelf = new FileShelf(directory, time);
        Engine = new BatchEngine(Shelf, Fates, Ledger, time, options);
    }

    public PaidLedger Ledger { get; } = new();

    public FaultPlan Faults { get; } = new();

    public Fates Fates { get; } = new();

    public FileShelf Shelf { get; }

    public BatchEngine Engine { get; }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Faults.Clear();
        Fates.Clear();
        Engine.Clear();
        Shelf.Clear();
        Ledger.Clear();
    }
}
