using System.Net.Sockets;
using System.Text;
using BatchWorker.Tests.Fixtures;

namespace BatchWorker.Tests.Control;

/// <summary>Row 78: callers who begin a request and never finish it.</summary>
internal sealed class SlowCallerTests(StoreKind kind) : ControlTest(kind)
{
    private const int Callers = 1000;

    [Test]
    public async Task A_thousand_of_them_keep_nobody_out()
    {
        var address = Host.Client.BaseAddress!;
        var callers = new List<TcpClient>(Callers);
        try
        {
            for (var i = 0; i < Callers; i++)
            {
                var caller = new TcpClient();
                callers.Add(caller);
                await caller.ConnectAsync(address.Host, address.Port);
                await caller.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /batch/queue HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n"));
            }
            var job = await Host.PostAsync("/batch/queue", 202, """{"job_type":"creative_scoring","provider":"openai","data":{"model":"gpt-4o","messages":[]}}""");
            Assert.That(job.GetProperty("status").GetString(), Is.EqualTo("queued"));
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
        }
    }
}
