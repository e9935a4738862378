using System.Security.Cryptography;
using System.Text;

namespace BatchWorker.Simulator.Answers;

/// <summary>What the simulated model makes of a text that it embeds.</summary>
internal static class EmbeddingVector
{
    // A real embedding has 1,536 numbers or more; that would make the results of a batch gigabytes
    private const int ShortLength = 8;

    /// <summary>As long as the prompt wants it, else 8 numbers. Each is a byte of SHA-256(echo/index/block), moved into -1..1.</summary>
    /// <param name="answer">The answer to the request.</param>
    /// <param name="index">Which of its texts.</param>
    public static float[] Of(Answer answer, int index)
    {
        var vector = new float[answer.Prompt.Dimensions ?? ShortLength];
        for (var i = 0; i < vector.Length; i++)
        {
            var block = SHA256.HashData(Encoding.UTF8.GetBytes($"{answer.Echo}/{index}/{i / SHA256.HashSizeInBytes}"));
            vector[i] = (block[i % SHA256.HashSizeInBytes] - 127.5f) / 128;
        }
        return vector;
    }
}
