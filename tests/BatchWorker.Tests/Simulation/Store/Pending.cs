using System.Collections.Concurrent;
using System.Reflection;

namespace BatchWorker.Tests.Simulation.Store;

/// <summary>An answer that a caller waits for, of whatever type its method has.</summary>
internal abstract class Pending
{
    private static readonly ConcurrentDictionary<MethodInfo, Func<Pending>> s_makers = new();

    public abstract Task Task { get; }

    public abstract void Answer(object? value);

    public abstract void Fail(Exception failure);

    public static Pending For(MethodInfo method) => s_makers.GetOrAdd(method, known =>
    {
        var maker = typeof(Pending).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(known.ReturnType.GetGenericArguments()[0]);
        return maker.CreateDelegate<Func<Pending>>();
    })();

    private static Of<T> Make<T>() => new();

    private sealed class Of<T> : Pending
    {
        private readonly TaskCompletionSource<T> _source = new();

        public override Task Task => _source.Task;

        public override void Answer(object? value) => _source.SetResult((T)value!);

        public override void Fail(Exception failure) => _source.SetException(failure);
    }
}
