"""What the files of one account say of its principals and policies, collected and tied."""
